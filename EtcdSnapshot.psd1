@{
    RootModule           = 'module/EtcdSnapshot.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = 'c4bb711e-2ba7-4662-9841-60694bbb8bb6'
    Author               = 'The EtcdSnapshot authors'
    Copyright            = '(c) The EtcdSnapshot authors.'
    Description          = 'Takes, keeps, moves, proves and restores etcd snapshots of Kubernetes clusters made by RKE, over SSH and Docker.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion    = '7.4'
    TypesToProcess       = @('module/EtcdSnapshot.Types.ps1xml')
    FormatsToProcess     = @('module/EtcdSnapshot.Format.ps1xml')
    CmdletsToExport      = @(
        'Compare-EtcdSnapshot'
        'Copy-EtcdSnapshot'
        'Disable-EtcdSnapshotSchedule'
        'Enable-EtcdSnapshotSchedule'
        'Export-EtcdSnapshotReport'
        'Get-EtcdMember'
        'Get-EtcdRestore'
        'Get-EtcdSnapshot'
        'Get-EtcdSnapshotContent'
        'Get-EtcdSnapshotSchedule'
        'Get-RkeCluster'
        'Remove-EtcdRestore'
        'Remove-EtcdSnapshot'
        'Restart-KubeComponent'
        'Restore-EtcdSnapshot'
        'Save-EtcdSnapshot'
        'Select-EtcdSnapshot'
        'Test-EtcdSnapshot'
        'Test-RkeNode'
        'Undo-EtcdRestore'
        'Update-KubeApiServer'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('etcd', 'RKE', 'Kubernetes', 'snapshot', 'backup', 'restore', 'Docker', 'SSH', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ReleaseNotes = 'First release: verified snapshots on all etcd hosts, by hand and by a recurring service; lists, retention, copies to folders and S3, proofs and rehearsals; contents of snapshot files and what differs between two; restore with a way back, restarts of components, API servers that follow etcd to other hosts; tests of nodes, and a report.'
        }
    }
}
