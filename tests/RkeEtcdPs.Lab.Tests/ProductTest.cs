namespace RkeEtcdPs.Lab.Tests;

/// <summary>A class of tests of the product in the shared lab.</summary>
public abstract class ProductTest(LabFixture fixture) : LabTest(fixture)
{
    private Product? _product;

    private protected Product Product => _product ??= new Product(Lab);
}
