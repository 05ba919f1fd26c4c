using System.Management.Automation;
using System.Text.Json;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>An object whose value was asked for, also where it is withheld: shown as a list, and JSON as an object to ask further.</summary>
/// <param name="Content">The object.</param>
internal sealed record ObjectWithValue(SnapshotObject Content)
{
    // The view of this name is a list with the value in it.
    private const string TypeName = "EtcdSnapshot.ObjectWithValue";

    /// <summary>The object as PowerShell gets it: itself, with its value as JSON describes it, where it is JSON.</summary>
    public PSObject ToPSObject()
    {
        PSObject shown = new(Content);
        shown.TypeNames.Insert(0, TypeName);
        if (Content.Value is { } text && Parse(text) is { } value)
        {
            shown.Properties.Add(new PSNoteProperty(nameof(SnapshotObject.Value), value), preValidated: true);
        }

        return shown;
    }

    private static object? Parse(string text)
    {
        if (!text.StartsWith('{') && !text.StartsWith('['))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Convert(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // It only looks like JSON: the text stands.
        }
    }

    private static object? Convert(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ConvertObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Convert).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole : element.GetDouble(),
        _ => null,
    };

    private static PSObject ConvertObject(JsonElement element)
    {
        PSObject converted = new();
        foreach (JsonProperty property in element.EnumerateObject().Where(property => property.Name.Length > 0))
        {
            converted.Properties.Remove(property.Name);
            converted.Properties.Add(new PSNoteProperty(property.Name, Convert(property.Value)));
        }

        return converted;
    }
}
