using System.Globalization;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>What is to be done with the recurring snapshot service of a host, as one look there found it.</summary>
/// <param name="Host">The host.</param>
/// <param name="Before">The service that is there, as far as its container tells; what it has saved was looked at only where it is <paramref name="Same"/>.</param>
/// <param name="After">The values that it is to have; null when it is to go.</param>
/// <param name="Same">True when it is one of this module already, with these values, this image and this version of its script.</param>
public sealed record ScheduleChange(SelectedNode Host, EtcdSnapshotSchedule Before, SchedulePlan? After, bool Same)
{
    private const string What = "recurring etcd snapshots";

    /// <summary>In words, as what is about to be done.</summary>
    public override string ToString()
    {
        string text = After is { } plan ? Enabling(plan) : Disabling();
        return Before.BeingReplaced ? $"{text}; a change of the service was cut off there" : text;
    }

    private string Enabling(SchedulePlan plan)
    {
        string to = Values(plan.Creation, plan.Retention, plan.KeepAtLeast, plan.Offset);
        string from = ValuesBefore();
        return Before switch
        {
            { Enabled: false } => $"Enable {What}, of which there are none: {to}",
            { ManagedBy: ScheduleOwner.Rke } => $"Replace the {What} of RKE: from {from} to {to}",
            { ManagedBy: not ScheduleOwner.EtcdSnapshot } => $"Replace the container {ScheduleContainer.Name}, of which it is not known what it does, with {What}: {to}",
            { Running: false } when Same => $"Start {What}, which do not run: {to}",
            { SavesElsewhere: true } when Same => $"Restart {What}, which go into another folder: {to}",
            _ when Same => $"Leave {What} as they are: {to}",
            _ when from == to => $"Renew the service of {What}, with the values that it has: {to}",
            _ => $"Change {What}: from {from} to {to}",
        };
    }

    private string Disabling() => Before switch
    {
        { Enabled: false } => $"Disable {What}, of which there are none",
        { ManagedBy: ScheduleOwner.Rke } => $"Remove the {What} of RKE ({ValuesBefore()}); its files stay",
        { ManagedBy: not ScheduleOwner.EtcdSnapshot } => $"Remove the container {ScheduleContainer.Name}, of which it is not known what it does",
        _ => $"Disable {What} ({ValuesBefore()}); their files stay",
    };

    private string ValuesBefore() => Values(Before.Creation, Before.Retention, Before.KeepAtLeast, Before.Offset);

    private static string Values(TimeSpan? creation, TimeSpan? retention, int? keep, TimeSpan? offset)
    {
        string?[] parts =
        [
            creation is { } every ? $"one every {GoDuration.Format(every)}" : null,
            retention is { } kept ? $"kept for {GoDuration.Format(kept)}" : null,
            keep is { } count ? string.Create(CultureInfo.InvariantCulture, $"at least {count}") : null,
            offset is { } later && later > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"begun {later.TotalSeconds:0} s late") : null,
        ];
        string text = string.Join(", ", parts.OfType<string>());
        return text.Length > 0 ? text : "values that are not known";
    }
}
