using System.Runtime.Versioning;
using Xunit;

// The tests share a lab, and with other test projects the machine's two or so cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// Namespaces, real hosts.
[assembly: SupportedOSPlatform("linux")]
