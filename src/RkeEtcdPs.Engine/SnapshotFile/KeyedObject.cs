namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>An object with the bytes of its key, which order it: two keys that are no UTF-8 may look alike as text.</summary>
/// <param name="Key">The key.</param>
/// <param name="Object">The object.</param>
internal readonly record struct KeyedObject(byte[] Key, SnapshotObject Object);
