using System.Runtime.Versioning;
using Xunit;

// Labs share the machine's two or so cores, and tests share a lab.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// Namespaces, real hosts.
[assembly: SupportedOSPlatform("linux")]
