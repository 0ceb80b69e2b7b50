package setup

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/assay-app/assay/app/githubapi"
)

// report tells what was registered and what to do next. It has no secret to tell: [Result] holds none.
func report(out io.Writer, m Manifest, r Result) error {
	rules, err := ruleset(r.App.ID, false)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Registered %s (App %d) for %s.\n\nGranted:\n", r.App.Slug, r.App.ID, r.App.Owner)
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(r.App.Permissions)) {
		fmt.Fprintf(table, "    %.60s\t%.20s\n", plain(name), plain(string(r.App.Permissions[name])))
	}
	table.Flush()
	fmt.Fprintf(&b, "    events: %s\n", strings.Join(plainAll(r.App.Events), ", "))
	if len(r.Differences) == 0 {
		b.WriteString("That is what was asked for, no more and no less.\n")
	} else {
		b.WriteString("This differs from what was asked for:\n")
		for _, difference := range r.Differences {
			fmt.Fprintf(&b, "    %s\n", difference)
		}
	}
	fmt.Fprintf(&b, "\nThe credentials are in %s, readable by you alone. The client secret was not kept: Assay has no use for it.\n", r.Directory)
	fmt.Fprintf(&b, `
Next:
 1. Install the App:      %s
 2. Start the server:     assay serve --credentials %s
    It must be reachable at %s.
%s 3. Look at what it says on a few pull requests. It blocks nothing yet.
 4. Require its check:    import %s
    under Settings > Rules > Rulesets > New ruleset > Import a ruleset;
    for all repositories of an organisation, %s in the organisation's settings.

%s:
%s`, r.App.installURL(), r.Directory, m.Hook.URL, loopbackNote(m.Hook.URL),
		filepath.Join(r.Directory, rulesetFile), filepath.Join(r.Directory, orgFile), rulesetFile, rules)
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("say what was registered: %w", err)
	}
	return nil
}

// loopbackNote warns of an address that GitHub itself cannot reach.
func loopbackNote(hook string) string {
	if u, err := url.Parse(hook); err != nil || !githubapi.IsLoopback(u.Hostname()) {
		return ""
	}
	return "    That is an address of this machine: github.com cannot deliver to it.\n"
}

func plainAll(words []string) []string {
	safe := make([]string, 0, len(words))
	for _, word := range words {
		safe = append(safe, fmt.Sprintf("%.60s", plain(word)))
	}
	slices.Sort(safe)
	return safe
}
