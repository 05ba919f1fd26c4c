namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The figures of <c>etcdctl snapshot status</c> and <c>etcdutl snapshot status</c>.</summary>
/// <param name="Hash">The CRC-32C of all buckets, as they show it in hexadecimal.</param>
/// <param name="Revision">The revision of the newest entry. 0 when there is none.</param>
/// <param name="EntryCount">What they call total keys up to 3.5: all entries of all buckets, history included.</param>
/// <param name="LiveKeyCount">What they call total keys from 3.6 on: keys that exist at the snapshot's revision.</param>
/// <param name="TotalSize">The bytes of the database, free pages included.</param>
public sealed record SnapshotStatus(uint Hash, long Revision, long EntryCount, long LiveKeyCount, long TotalSize);
