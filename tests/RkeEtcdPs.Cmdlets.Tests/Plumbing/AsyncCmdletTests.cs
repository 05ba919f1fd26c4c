using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Plumbing;

public sealed class AsyncCmdletTests
{
    private static readonly RkeNode Node1 =
        new() { ClusterName = "lab", Name = "node1", Address = "10.0.0.1", InternalAddress = "10.0.0.1", Roles = NodeRoles.Etcd };

    [Fact]
    public void Objects_come_in_the_order_in_which_they_were_written()
    {
        RecordingHost host = Run(async (pipeline, cancel) =>
        {
            foreach (int number in Enumerable.Range(1, 1000))
            {
                pipeline.WriteObject(number);
                await Task.Yield();
            }
        });

        Assert.Equal(Enumerable.Range(1, 1000).Cast<object>(), host.Written);
    }

    [Fact]
    public void Work_on_many_threads_is_written_on_the_pipeline_thread()
    {
        RecordingHost host = Run((pipeline, cancel) =>
            Parallel.ForAsync(0, 200, cancel, async (number, _) =>
            {
                await Task.Yield();
                pipeline.WriteObject(number);
            }));

        Assert.Equal(200, host.Written.Count);
    }

    [Fact]
    public void A_failed_host_is_an_error_with_the_node_as_target_and_the_others_go_on()
    {
        var failure = new NodeNotFoundException("gone", "look") { Node = "node1" };
        RecordingHost host = Run((pipeline, _) =>
        {
            pipeline.Write(new Outcome<RkeNode>(Node1, failure));
            pipeline.Write(new Outcome<RkeNode>(Node1, Node1));
            return Task.CompletedTask;
        });

        Assert.Equal([new CmdletFailure(failure, "NodeNotFound", "ObjectNotFound", Node1, "look"), Node1], host.Written);
    }

    [Fact]
    public void A_failure_of_the_work_itself_terminates()
    {
        var failure = new NodeNotFoundException("gone", "look") { Node = "node1" };

        TerminatedException terminated = Assert.Throws<TerminatedException>(() => Run((_, _) => throw failure));

        Assert.Equal(new CmdletFailure(failure, "NodeNotFound", "ObjectNotFound", "node1", "look"), terminated.Failure);
    }

    [Fact]
    public void Failed_hosts_are_told_also_when_the_whole_request_fails_in_the_end()
    {
        var failure = new NodeNotFoundException("gone", "look") { Node = "node1" };
        var host = new RecordingHost();

        TerminatedException terminated = Assert.Throws<TerminatedException>(
            () => CmdletRun.Run(new DelegateCmdlet { Work = (pipeline, _) => pipeline.WriteAsync(FailingAsync()) }, host));

        Assert.Equal([new CmdletFailure(failure, "NodeNotFound", "ObjectNotFound", Node1, "look")], host.Written);
        Assert.Equal("all of it", terminated.Failure.Exception.Message);

        async IAsyncEnumerable<Outcome<RkeNode>> FailingAsync()
        {
            yield return new Outcome<RkeNode>(Node1, failure);
            await Task.Yield();
            throw new NodeNotFoundException("all of it", "look");
        }
    }

    [Fact]
    public void What_nobody_expected_terminates_as_a_defect()
    {
        TerminatedException terminated = Assert.Throws<TerminatedException>(() => Run((_, _) => throw new FormatException("odd")));

        Assert.Equal("UnexpectedFailure", terminated.Failure.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_answer_reaches_the_work(bool answer)
    {
        RecordingHost host = Run(
            async (pipeline, _) =>
            {
                pipeline.WriteObject(await pipeline.ShouldProcessAsync("node1", "Save"));
                pipeline.WriteObject(await pipeline.ShouldContinueAsync("Really?", "Restore"));
            },
            new RecordingHost { Answer = answer });

        Assert.Equal(["SHOULD Save node1", answer, "CONTINUE Really?", answer], host.Written);
    }

    [Fact]
    public void Engine_events_become_verbose_lines_warnings_and_progress()
    {
        RecordingHost host = Run((pipeline, _) =>
        {
            pipeline.Report(new HostMessage("node1", "hello"));
            pipeline.Report(new HostWarning("node1", "careful"));
            pipeline.Report(new HostProgress("node1", "Saving", "reading", 1, 4));
            return Task.CompletedTask;
        });

        Assert.Equal(
            [
                "VERBOSE [node1] hello",
                "WARNING [node1] careful",
                new ProgressUpdate(1, "node1: Saving", "reading, 1 B of 4 B", 25, Completed: false),
                new ProgressUpdate(1, "node1: Saving", "reading, 1 B of 4 B", 25, Completed: true),
            ],
            host.Written);
    }

    [Fact]
    public void A_bar_is_drawn_again_while_the_work_says_nothing()
    {
        RecordingHost host = Run((pipeline, cancel) =>
        {
            pipeline.Report(new HostProgress("node1", "Saving", "reading"));
            return Task.Delay(1500, cancel);
        });

        Assert.True(host.Progress.Count() >= 3);
    }

    [Fact]
    public void Stop_cancels_waits_for_the_clean_up_and_writes_nothing_more()
    {
        bool cleaned = false;
        DelegateCmdlet? cmdlet = null;
        cmdlet = new DelegateCmdlet
        {
            Work = async (pipeline, cancel) =>
            {
                pipeline.WriteObject("before");
                try
                {
                    await Task.Delay(Timeout.Infinite, cancel);
                }
                finally
                {
                    await Task.Delay(200, CancellationToken.None);
                    pipeline.WriteObject("after");
                    cleaned = true;
                }
            },
        };
        var host = new RecordingHost { Downstream = _ => CmdletRun.Stop(cmdlet) };

        Assert.Throws<PipelineStoppedException>(() => CmdletRun.Run(cmdlet, host));

        Assert.True(cleaned);
        Assert.Equal(["before"], host.Written);
    }

    [Fact]
    public void Stop_leaves_work_alone_that_does_not_clean_up_in_time()
    {
        var never = new TaskCompletionSource();
        DelegateCmdlet? cmdlet = null;
        cmdlet = new DelegateCmdlet
        {
            CleanUpLimit = TimeSpan.FromMilliseconds(50),
            Work = (pipeline, _) =>
            {
                pipeline.WriteObject("before");
                return never.Task;
            },
        };

        Assert.Throws<PipelineStoppedException>(
            () => CmdletRun.Run(cmdlet, new RecordingHost { Downstream = _ => CmdletRun.Stop(cmdlet) }));
    }

    [Fact]
    public void A_stop_during_a_question_ends_the_work_that_waits_for_the_answer()
    {
        Task? asked = null;
        var host = new RecordingHost { Downstream = _ => throw new PipelineStoppedException() };

        Assert.Throws<PipelineStoppedException>(() => Run(
            (pipeline, _) =>
            {
                pipeline.WriteObject("first");
                return asked = pipeline.ShouldProcessAsync("node1", "Save");
            },
            host));

        Assert.True(asked!.IsCanceled);
    }

    [Fact]
    public void When_the_next_command_wants_no_more_the_work_is_cancelled_and_has_cleaned_up()
    {
        bool cleaned = false;
        var enough = new PipelineStoppedException();
        var host = new RecordingHost { Downstream = _ => throw enough };

        PipelineStoppedException stopped = Assert.Throws<PipelineStoppedException>(() => Run(
            async (pipeline, cancel) =>
            {
                pipeline.WriteObject("first");
                try
                {
                    await Task.Delay(Timeout.Infinite, cancel);
                }
                finally
                {
                    cleaned = true;
                }
            },
            host));

        Assert.Same(enough, stopped);
        Assert.True(cleaned);
    }

    [Fact]
    public async Task What_is_left_running_after_the_end_writes_nothing()
    {
        CmdletPipeline? kept = null;
        RecordingHost host = Run((pipeline, _) =>
        {
            kept = pipeline;
            return Task.CompletedTask;
        });

        kept!.WriteObject("late");
        kept.Report(new HostProgress("node1", "Saving", "late"));

        await Assert.ThrowsAsync<TaskCanceledException>(() => kept.ShouldProcessAsync("node1", "Save").WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(host.Written);
    }

    private static RecordingHost Run(Func<CmdletPipeline, CancellationToken, Task> work, RecordingHost? host = null) =>
        CmdletRun.Run(new DelegateCmdlet { Work = work }, host);
}
