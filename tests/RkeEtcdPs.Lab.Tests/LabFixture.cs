namespace RkeEtcdPs.Lab.Tests;

/// <summary>The lab of these tests: three hosts with etcd.</summary>
public sealed class LabFixture() : SharedLab(hosts: 3);
