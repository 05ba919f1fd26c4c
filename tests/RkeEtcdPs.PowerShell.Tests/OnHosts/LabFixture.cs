using RkeEtcdPs.Lab.Tests;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

/// <summary>The lab of these tests: two hosts with etcd.</summary>
public sealed class LabFixture() : SharedLab(hosts: 2);
