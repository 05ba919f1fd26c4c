using System.Runtime.CompilerServices;
using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Makes objects of what a snapshot stores.</summary>
/// <param name="snapshot">The path of the snapshot; null when it has none.</param>
internal sealed class ObjectMaker(string? snapshot)
{
    private readonly NamePool _names = new();

    /// <summary>Makes an entry the state of its key. The key itself and the hashes are left as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ref KeyState state, LeafPage leaf, RevisionKey revision, in StoredKeyValue stored)
    {
        state.Revision = revision;
        state.Value = KubernetesValue.Read(stored.ValueStart, _names);
        (state.CreateRevision, state.Version, state.Lease) = (stored.CreateRevision, stored.Version, stored.Lease);
        (state.Size, state.Offset) = (stored.ValueSize, leaf.Offset + stored.ValueOffset);
    }

    /// <summary>Makes the object that a key stands for.</summary>
    public SnapshotObject Make(in KeyState state)
    {
        KubernetesKey key = KubernetesKey.Parse(state.Key);
        string? resource = key.Resource.IsEmpty ? null : _names.Get(key.Resource);
        string? kind = state.Value.Kind ?? (key.Group.IsEmpty ? ResourceKinds.Find(resource) : null);
        return new SnapshotObject
        {
            Snapshot = snapshot,
            Key = Encoding.UTF8.GetString(state.Key),
            ApiVersion = state.Value.ApiVersion,
            Kind = kind,
            Resource = key.Group.IsEmpty ? resource : $"{resource}.{_names.Get(key.Group)}",
            Namespace = key.Namespace.IsEmpty ? null : _names.Get(key.Namespace),
            Name = key.Name.IsEmpty ? null : Encoding.UTF8.GetString(key.Name),
            CreateRevision = state.CreateRevision,
            ModRevision = state.Revision.Main,
            Version = state.Version,
            Size = state.Size,
            Encoding = state.Value.Encoding,
            Lease = state.Lease,
            Offset = state.Offset,
            ContentHash = state.ContentHash,
        };
    }
}
