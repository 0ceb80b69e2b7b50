package setup

import (
	"encoding/json"
	"fmt"
)

// CheckName is the check that the ruleset requires: the gate.
const CheckName = "Assay"

// ruleset is what GitHub imports under Settings, Rules, Rulesets: the default branch takes only commits on which the
// check succeeded, and only when this App said so. Without integration_id anyone who may write could report success.
func ruleset(appID int64, organisation bool) ([]byte, error) {
	type object = map[string]any
	conditions := object{"ref_name": object{"include": []string{"~DEFAULT_BRANCH"}, "exclude": []string{}}}
	if organisation {
		conditions["repository_name"] = object{"include": []string{"~ALL"}, "exclude": []string{}}
	}
	text, err := json.MarshalIndent(object{
		"name":          "Require " + CheckName,
		"target":        "branch",
		"enforcement":   "active",
		"bypass_actors": []any{},
		"conditions":    conditions,
		"rules": []object{{
			"type": "required_status_checks",
			"parameters": object{
				// Whether a branch must be up to date before it merges is not for Assay to decide.
				"strict_required_status_checks_policy": false,
				// A new repository's first push has nothing to be reviewed against.
				"do_not_enforce_on_create": true,
				"required_status_checks":   []object{{"context": CheckName, "integration_id": appID}},
			},
		}},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the ruleset: %w", err)
	}
	return append(text, '\n'), nil
}
