using System.Collections;
using System.Globalization;
using System.Management.Automation;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of plans take those that were kept in a file, as by Export-Clixml or ConvertTo-Json -Depth 4, or that a job has made.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RestorePlanTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object?[] items = Bare(inputData) is IEnumerable list and not string ? [.. list.Cast<object?>()] : [inputData];
        RestorePlan?[] plans = [.. items.Select(Read)];
        return plans.Length == 0 || plans.Contains(null) ? inputData : plans;
    }

    private static RestorePlan? Read(object? item)
    {
        if (Bare(item) is RestorePlan plan)
        {
            return plan;
        }

        return Bare(item) is PSObject kept && kept.Properties[nameof(RestorePlan.Fingerprint)]?.Value is string fingerprint ? Read(kept, fingerprint) : null;
    }

    private static RestorePlan Read(PSObject kept, string fingerprint)
    {
        RestorePlan plan = new()
        {
            ClusterName = Text(kept, nameof(RestorePlan.ClusterName)) ?? "",
            Snapshot = Text(kept, nameof(RestorePlan.Snapshot)) ?? "",
            ContentHash = Text(kept, nameof(RestorePlan.ContentHash)),
            CreatedAt = Time(kept, nameof(RestorePlan.CreatedAt)),
            ClusterId = Text(kept, nameof(RestorePlan.ClusterId)),
            Nodes = Texts(kept, nameof(RestorePlan.Nodes)),
            WholeCluster = Flag(kept, nameof(RestorePlan.WholeCluster)),
            SourceNode = Text(kept, nameof(RestorePlan.SourceNode)),
            Source = Text(kept, nameof(RestorePlan.Source)),
            Revision = Number(kept, nameof(RestorePlan.Revision)),
            CurrentRevision = Number(kept, nameof(RestorePlan.CurrentRevision)),
            Raised = Flag(kept, nameof(RestorePlan.Raised)),
            Resumes = Text(kept, nameof(RestorePlan.Resumes)),
            Hosts = [.. Items(kept, nameof(RestorePlan.Hosts)).Select(Host)],
            Restarts = [.. Items(kept, nameof(RestorePlan.Restarts)).Select(Restart)],
            MadeAt = Time(kept, nameof(RestorePlan.MadeAt)) ?? DateTime.MinValue,
        };
        // Cut off in its depth, or written to: what was looked at cannot be told any more.
        return plan.Fingerprint == fingerprint
            ? plan
            : throw new ArgumentTransformationMetadataException("The plan is not whole, or was changed since it was made. Keep it with Export-Clixml, or with ConvertTo-Json -Depth 4.");
    }

    private static RestorePlanHost Host(PSObject kept) => new()
    {
        Node = Text(kept, nameof(RestorePlanHost.Node)) ?? "",
        Address = Text(kept, nameof(RestorePlanHost.Address)) ?? "",
        Member = Text(kept, nameof(RestorePlanHost.Member)),
        Container = Text(kept, nameof(RestorePlanHost.Container)),
        DataPath = Text(kept, nameof(RestorePlanHost.DataPath)),
        DataSize = Number(kept, nameof(RestorePlanHost.DataSize)),
        CopiedFrom = Text(kept, nameof(RestorePlanHost.CopiedFrom)),
        Certificates = Texts(kept, nameof(RestorePlanHost.Certificates)),
        Authority = Text(kept, nameof(RestorePlanHost.Authority)),
        Design = Text(kept, nameof(RestorePlanHost.Design)),
        Actions = Texts(kept, nameof(RestorePlanHost.Actions)),
    };

    private static RestorePlanRestart Restart(PSObject kept) => new()
    {
        Node = Text(kept, nameof(RestorePlanRestart.Node)) ?? "",
        Address = Text(kept, nameof(RestorePlanRestart.Address)) ?? "",
        Components = Texts(kept, nameof(RestorePlanRestart.Components)),
    };

    private static object? Bare(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    private static IEnumerable<PSObject> Items(PSObject kept, string property) => Bare(kept.Properties[property]?.Value) is IEnumerable list and not string
        ? list.Cast<object?>().OfType<object>().Select(PSObject.AsPSObject)
        : [];

    private static string[] Texts(PSObject kept, string property) => [.. Items(kept, property).Select(item => item.ToString())];

    private static string? Text(PSObject kept, string property) => kept.Properties[property]?.Value?.ToString();

    private static bool Flag(PSObject kept, string property) => Bare(kept.Properties[property]?.Value) is true;

    private static long? Number(PSObject kept, string property)
        => long.TryParse(Text(kept, property), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static DateTime? Time(PSObject kept, string property) => PipedTime.Read(kept.Properties[property]?.Value);
}
