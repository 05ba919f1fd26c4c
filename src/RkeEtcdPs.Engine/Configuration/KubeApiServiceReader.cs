namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads <c>services.kube-api</c>.</summary>
internal static class KubeApiServiceReader
{
    /// <summary>The service; all defaults when the file does not speak of it.</summary>
    public static KubeApiService Read(Section? services)
    {
        if (services?.Child("kube-api") is not { } api)
        {
            return new KubeApiService();
        }

        Section? arrays = api.Child("extra_args_array");
        return new KubeApiService
        {
            ExtraArgs = api.Map("extra_args"),
            ExtraArgsArray = (arrays?.Keys ?? []).ToDictionary(flag => flag, flag => arrays!.Texts(flag), StringComparer.Ordinal),
        };
    }
}
