namespace RkeEtcdPs.Engine.Errors;

/// <summary>Kinds of failure. The names are those of PowerShell's <c>ErrorCategory</c>, to which the cmdlets map them by name.</summary>
public enum FailureCategory
{
    /// <summary>A file or parameter that cannot be understood.</summary>
    InvalidArgument,

    /// <summary>Bytes that are not what they should be.</summary>
    InvalidData,

    /// <summary>Something that was asked for is not there.</summary>
    ObjectNotFound,

    /// <summary>Something is there already.</summary>
    ResourceExists,

    /// <summary>Another operation holds it.</summary>
    ResourceBusy,

    /// <summary>A host or service cannot be used.</summary>
    ResourceUnavailable,

    /// <summary>A host cannot be reached.</summary>
    ConnectionError,

    /// <summary>Who we are was not accepted, or whom we reached is not who it should be.</summary>
    AuthenticationError,

    /// <summary>We were recognised and refused.</summary>
    PermissionDenied,

    /// <summary>A limit on time ran out.</summary>
    OperationTimeout,

    /// <summary>The state of things forbids it.</summary>
    InvalidOperation,

    /// <summary>There is no room.</summary>
    LimitsExceeded,
}
