package setup

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-app/assay/app/githubapi"
)

// use is what Assay does with a permission: how much it needs to work, and the most that it has a use for.
type use struct{ needs, most githubapi.Access }

// permissionUses is the whole of what Assay may ask for. The code never asks for more, and app.yml cannot.
func permissionUses() map[string]use {
	return map[string]use{
		"metadata":        {githubapi.Read, githubapi.Read},
		"contents":        {githubapi.Read, githubapi.Read}, // a reviewer must not be able to push
		"pull_requests":   {githubapi.Write, githubapi.Write},
		"checks":          {githubapi.Write, githubapi.Write},
		"issues":          {githubapi.Read, githubapi.Read},
		"merge_queues":    {githubapi.Read, githubapi.Read},
		"members":         {githubapi.None, githubapi.Read},
		"security_events": {githubapi.None, githubapi.Write},
		"deployments":     {githubapi.None, githubapi.Read},
	}
}

// eventNeeds is every event that Assay takes, and the permission without which GitHub does not deliver it.
func eventNeeds() map[string]string {
	return map[string]string{
		"pull_request":                "pull_requests",
		"pull_request_review":         "pull_requests",
		"pull_request_review_comment": "pull_requests",
		"pull_request_review_thread":  "pull_requests",
		"issue_comment":               "issues",
		"check_run":                   "checks",
		"check_suite":                 "checks",
		"merge_group":                 "merge_queues",
	}
}

func rank(a githubapi.Access) int {
	switch a {
	case githubapi.None:
		return 0
	case githubapi.Read:
		return 1
	case githubapi.Write:
		return 2
	default:
		return 3 // admin, and what else there may be
	}
}

func checkPermissions(asked map[string]githubapi.Access) error {
	uses := permissionUses()
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		use, known := uses[name]
		switch access := asked[name]; {
		case !known:
			return fmt.Errorf("the manifest asks for the permission %.60q: Assay has no use for it", name)
		case access != githubapi.Read && access != githubapi.Write:
			return fmt.Errorf("the manifest asks for %s: %.60q; a permission is read or write", name, access)
		case rank(access) > rank(use.most):
			return fmt.Errorf("the manifest asks for %s: %s; Assay never needs more than %s", name, access, use.most)
		}
	}
	if missing := missingPermissions(asked); len(missing) > 0 {
		return fmt.Errorf("the manifest lacks %s: Assay does not work without", strings.Join(missing, ", "))
	}
	return nil
}

// missingPermissions lists what Assay needs and was not given, such as "checks: write".
func missingPermissions(granted map[string]githubapi.Access) []string {
	var missing []string
	uses := permissionUses()
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		if rank(granted[name]) < rank(uses[name].needs) {
			missing = append(missing, fmt.Sprintf("%s: %s", name, uses[name].needs))
		}
	}
	return missing
}

func checkEvents(events []string, granted map[string]githubapi.Access) error {
	needs := eventNeeds()
	seen := map[string]bool{}
	for _, event := range events {
		permission, known := needs[event]
		switch {
		case !known:
			return fmt.Errorf("the manifest subscribes to the event %.60q: Assay does not take it", event)
		case seen[event]:
			return fmt.Errorf("the manifest subscribes to %s twice", event)
		case granted[permission] == githubapi.None:
			return fmt.Errorf("the manifest subscribes to %s without the permission %s: GitHub refuses that", event, permission)
		}
		seen[event] = true
	}
	if missing := missingEvents(events); len(missing) > 0 {
		return fmt.Errorf("the manifest does not subscribe to %s: Assay would not notice what happens there", strings.Join(missing, ", "))
	}
	return nil
}

// missingEvents lists what Assay takes and is not told of.
func missingEvents(subscribed []string) []string {
	var missing []string
	for _, event := range slices.Sorted(maps.Keys(eventNeeds())) {
		if !slices.Contains(subscribed, event) {
			missing = append(missing, event)
		}
	}
	return missing
}

// differences compares what was asked with what GitHub registered, a sentence each. The owner can change both on
// GitHub's page.
func differences(m Manifest, organisation string, app Registered) []string {
	var found []string
	names := slices.Collect(maps.Keys(m.Permissions))
	names = append(names, slices.Collect(maps.Keys(app.Permissions))...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		asked, granted := m.Permissions[name], app.Permissions[name]
		if asked != granted {
			found = append(found, fmt.Sprintf("%.60s: asked %s, granted %s", plain(name), orNothing(asked), orNothing(granted)))
		}
	}
	for _, event := range m.Events {
		if !slices.Contains(app.Events, event) {
			found = append(found, "event "+event+": asked, not subscribed")
		}
	}
	for _, event := range app.Events {
		if !slices.Contains(m.Events, event) {
			found = append(found, fmt.Sprintf("event %.60s: subscribed, not asked", plain(event)))
		}
	}
	if organisation != "" && !strings.EqualFold(organisation, app.Owner) {
		found = append(found, fmt.Sprintf("owner: asked %s, registered for %s", organisation, app.Owner))
	}
	return found
}

func orNothing(a githubapi.Access) string {
	if a == githubapi.None {
		return "nothing"
	}
	return plain(string(a))
}

// plain makes a word from GitHub's answer safe for a terminal.
func plain(word string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '?'
	}, word)
}
