package manifest

// What OSV calls the ecosystems of Ruby, PHP and .NET.
const (
	gemEcosystem      = "RubyGems"
	composerEcosystem = "Packagist"
	nugetEcosystem    = "NuGet"
)

// otherFormats are the files of Bundler, Composer and NuGet.
func otherFormats() []format {
	return []format{
		{name: "Gemfile", kind: Manifest, claims: []string{"Gemfile", "gems.rb", "*.gemfile"}, read: readGemfile},
		{name: "Gemfile.lock", kind: Lockfile, claims: []string{"Gemfile.lock", "gems.locked", "*.gemfile.lock"}, read: readGemfileLock},
		{name: "composer.json", kind: Manifest, claims: []string{"composer.json"}, read: readComposerJSON},
		{name: "composer.lock", kind: Lockfile, claims: []string{"composer.lock"}, read: readComposerLock},
		{name: "packages.lock.json", kind: Lockfile, claims: []string{"packages.lock.json", "packages.*.lock.json"}, read: readNuGetLock},
		{name: "packages.config", kind: Manifest, claims: []string{"packages.config", "packages.*.config"}, read: readPackagesConfig},
		{name: "nuget.config", kind: Settings, claims: []string{"nuget.config"}, read: readNuGetConfig},
		{name: "project", kind: Manifest, claims: []string{
			"*.csproj", "*.fsproj", "*.vbproj", "Directory.Packages.props", "Directory.Build.props", "Directory.Build.targets",
		}, read: readMSBuild},
	}
}
