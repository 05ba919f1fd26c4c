using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Hosts.InProcess;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The transport that starts no process, to hosts that fail.</summary>
public sealed class ManagedSshFaultTests(LabFixture fixture) : ManagedSshTest(fixture)
{
    private HostOptions Impatient => InProcess with { ConnectTimeout = TimeSpan.FromSeconds(8), KeepAliveInterval = TimeSpan.FromSeconds(3) };

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_cannot_be_reached_is_an_error_within_the_limit()
    {
        await Lab.Hosts[0].KillSshdAsync();
        Assert.Contains("refused", Assert.IsType<NodeUnreachableException>(await FailAsync(Impatient).WaitAsync(Limit)).Message, StringComparison.Ordinal);

        await Lab.Hosts[0].StartSshdAsync();
        await Lab.Hosts[0].StopSshdAsync();
        Assert.IsType<NodeUnreachableException>(await FailAsync(Impatient).WaitAsync(Limit));

        await Lab.Hosts[0].LinkDownAsync();
        Assert.IsType<NodeUnreachableException>(await FailAsync(Impatient).WaitAsync(Limit));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Login_at_a_silent_server_can_be_cancelled()
    {
        await Lab.Hosts[0].StopSshdAsync();
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(500));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DockerEngine.ConnectAsync(Node(), InProcess with { ConnectTimeout = TimeSpan.FromMinutes(5) }, cancel.Token).WaitAsync(Limit));
    }

    [SkippableFact]
    public async Task Connection_killed_during_the_save_is_an_error()
    {
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab.Hosts[0]);
        Task<Outcome<EtcdSnapshot>[]> save = new Product(Lab) { Options = InProcess }.SaveAsync("broken", Lab.Hosts[0].Name);
        await etcdctl.Reached;

        await Lab.Hosts[0].KillSshdAsync();

        Assert.IsType<NodeUnreachableException>(Assert.Single(await save.WaitAsync(Limit)).Failure);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_goes_silent_during_the_save_is_given_up()
    {
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab.Hosts[0]);
        Task<Outcome<EtcdSnapshot>[]> save = new Product(Lab) { Options = Impatient }.SaveAsync("silent", Lab.Hosts[0].Name);
        await etcdctl.Reached;

        await Lab.Hosts[0].LinkDownAsync();

        Assert.IsType<NodeUnreachableException>(Assert.Single(await save.WaitAsync(Limit)).Failure);
        await EndSessionsAsync();
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Engine_that_is_down_is_an_error()
    {
        await Lab.Hosts[0].KillDockerdAsync();

        Assert.IsType<DockerUnavailableException>(await FailAsync(InProcess));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_goes_silent_during_an_upload_is_given_up()
    {
        ManagedSshTransport transport = await ManagedSshTransport.ConnectAsync(Node(), Impatient, CancellationToken.None);
        Stream stream = await BeginUploadAsync(transport);

        await Lab.Hosts[0].LinkDownAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => UploadAsync(stream, CancellationToken.None).WaitAsync(Limit));
        Assert.IsType<NodeUnreachableException>(await transport.FindFailureAsync());
        await transport.DisposeAsync().AsTask().WaitAsync(Limit);
        await EndSessionsAsync();
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Upload_to_a_silent_host_can_be_cancelled_and_is_over_at_once()
    {
        ManagedSshTransport transport = await ManagedSshTransport.ConnectAsync(Node(), InProcess, CancellationToken.None);
        Stream stream = await BeginUploadAsync(transport);
        await Lab.Hosts[0].LinkDownAsync();
        using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UploadAsync(stream, cancel.Token).WaitAsync(Limit));

        // Sooner than the host would have been found silent.
        await transport.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(80));
        await EndSessionsAsync();
    }

    private static async Task<Stream> BeginUploadAsync(ManagedSshTransport transport)
    {
        Stream stream = await transport.OpenAsync(CancellationToken.None);
        await stream.WriteAsync("POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Length: 1000000000\r\n\r\n"u8.ToArray());
        return stream;
    }

    private static async Task UploadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] noise = new byte[64 * 1024];
        Random.Shared.NextBytes(noise);
        while (true)
        {
            await stream.WriteAsync(noise, cancellationToken);
        }
    }

    // A server that was cut off keeps the session, and what runs in it, for hours: it never heard of the end.
    private Task EndSessionsAsync() => Lab.Hosts[0].KillSshdAsync();
}
