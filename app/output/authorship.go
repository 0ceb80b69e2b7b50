package output

import (
	"slices"

	"github.com/assay-app/assay/checks"
)

// authorship says which agents a range of commits names, and how far that can be trusted.
type authorship struct {
	Tier    checks.Tier `json:"tier"` // the strongest; noTier when nothing points to an AI
	Agents  []string    `json:"agents"`
	Commits []commit    `json:"commits"` // those that anything points to
}

type commit struct {
	SHA      checks.CommitSHA `json:"sha"`
	Tier     checks.Tier      `json:"tier"`
	Agents   []string         `json:"agents"`
	Evidence []evidence       `json:"evidence"`
}

type evidence struct {
	Kind  string `json:"kind"`
	Quote string `json:"quote"`
}

// noTier stands where nothing points to an AI. It is no proof that a person wrote the change.
const noTier checks.Tier = "none"

// tiers are ordered from the weakest, so that a position is a rank.
var tiers = []checks.Tier{noTier, checks.Artefact, checks.Declared, checks.Attested, checks.Identified}

func stronger(a, b checks.Tier) checks.Tier {
	if slices.Index(tiers, b) > slices.Index(tiers, a) {
		return b
	}
	return a
}

// summarise gathers evidence by commit, in the order in which it comes. What concerns the whole pull request counts
// towards the tier and the agents only.
func summarise(all []checks.Evidence) authorship {
	a := authorship{Tier: noTier, Agents: []string{}, Commits: []commit{}}
	at := map[checks.CommitSHA]int{}
	for _, e := range all {
		a.Tier = stronger(a.Tier, e.Tier)
		a.Agents = withAgent(a.Agents, e.Agent)
		if e.Commit == "" {
			continue
		}
		i, seen := at[e.Commit]
		if !seen {
			i = len(a.Commits)
			at[e.Commit] = i
			a.Commits = append(a.Commits, commit{SHA: e.Commit, Tier: noTier, Agents: []string{}})
		}
		c := &a.Commits[i]
		c.Tier = stronger(c.Tier, e.Tier)
		c.Agents = withAgent(c.Agents, e.Agent)
		c.Evidence = append(c.Evidence, evidence{e.Kind, e.Quote})
	}
	return a
}

// withAgent adds an agent to a sorted list, once.
func withAgent(agents []string, agent string) []string {
	at, found := slices.BinarySearch(agents, agent)
	if found || agent == "" {
		return agents
	}
	return slices.Insert(agents, at, agent)
}
