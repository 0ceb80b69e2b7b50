package server_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// settings is a file with a key in it.
func settings(key string) localhub.Files {
	return localhub.Files{"settings.py": "import os\n\nANTHROPIC_API_KEY = \"" + key + "\"\nTIMEOUT = 30\n"}
}

// clean is a change with nothing to say about.
func clean() localhub.Files { return localhub.Files{"app.py": "print('hello')\n"} }

// open opens a pull request from a new branch with one commit.
func (w *world) open(branch, base string, files localhub.Files) *localhub.PullRequest {
	w.t.Helper()
	w.repo.Commit(branch, "Change "+branch, w.dev, files, localhub.From(base))
	return w.repo.OpenPull(localhub.NewPull{Head: branch, Base: base, Title: "Change " + branch, Author: w.dev})
}

// maxCalls is what an ordinary review may cost, tokens included. GitHub gives an installation 5,000 an hour. When
// another server takes the decision than made the analysis, it needs a token of its own.
const maxCalls = 12

func TestAPullRequestThatAddsAKeyIsBlockedWithOneComment(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		key := anthropicKey(1)
		w.repo.Commit("feature", "Add settings", w.dev, settings(key))
		w.hub.ForgetRequests()
		pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Settings", Author: w.dev})

		gate := w.concluded(pull.Head(), "Assay", "failure")
		family := w.concluded(pull.Head(), "Assay: secret", "neutral")
		comments := pull.ReviewComments()
		if len(comments) != 1 || comments[0].Place.Path != "settings.py" || comments[0].Place.Line != 3 {
			t.Fatalf("comments: %+v, want one at settings.py:3", comments)
		}
		for _, text := range []string{gate.Summary, gate.Text, family.Summary, family.Text, comments[0].Body} {
			if strings.Contains(text, key[14:30]) {
				t.Errorf("the key is shown: %s", text)
			}
		}
		calls := slices.DeleteFunc(w.hub.Requests(), func(r localhub.Request) bool { return r.Kind == "git" })
		if most := maxCalls + len(w.servers) - 1; len(calls) > most {
			t.Errorf("%d calls to GitHub for an ordinary review, want %d at most", len(calls), most)
			for _, r := range calls {
				t.Logf("%s %s", r.Method, r.Path)
			}
		}
	})
}

func TestACleanPullRequestGetsACheckAndSilence(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		pull := w.open("feature", "main", clean())
		w.concluded(pull.Head(), "Assay", "success")
		if n := len(pull.ReviewComments()) + len(pull.Comments()) + len(pull.Reviews()); n != 0 {
			t.Errorf("%d comments and reviews on a clean pull request", n)
		}
		if runs := w.repo.CheckRuns(pull.Head()); len(runs) != 1 {
			t.Errorf("%d check runs, want the gate alone: %+v", len(runs), runs)
		}
	})
}

func TestWithoutAPolicyTheGateWatchesAndBlocksNothing(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, localhub.Files{"README.md": "# bot\n"})
		pull := w.open("feature", "main", settings(anthropicKey(1)))
		gate := w.concluded(pull.Head(), "Assay", "neutral")
		if !strings.Contains(strings.ToLower(gate.Title), "would") {
			t.Errorf("the title %q does not say that this would have been blocked", gate.Title)
		}
	})
}

func TestAPullRequestCannotChangeTheRulesThatItIsJudgedBy(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		files := settings(anthropicKey(1))
		files[".github/assay.yml"] = "mode: audit\n"
		pull := w.open("feature", "main", files)
		w.concluded(pull.Head(), "Assay", "failure")
	})
}

func TestABrokenPolicyNeverOpensTheGate(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		for name, text := range map[string]string{
			"an unknown key":  "mode: enforce\nblok_at: low\n",
			"not YAML":        "mode: [\n",
			"larger than due": "mode: enforce\n# " + strings.Repeat("x", 70_000) + "\n",
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, localhub.Files{".github/assay.yml": text})
				pull := w.open("feature", "main", clean())
				gate := w.concluded(pull.Head(), "Assay", "failure")
				if !strings.Contains(gate.Summary, "assay.yml") {
					t.Errorf("the summary does not name the policy:\n%s", gate.Summary)
				}
			})
		}
	})
}

func TestASecretThatALaterCommitRemovesIsStillFound(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		w.repo.Commit("feature", "Add settings", w.dev, settings(anthropicKey(1)), localhub.From("main"))
		w.repo.Commit("feature", "Read the key from the environment", w.dev, localhub.Files{"app.py": "pass\n"}, localhub.Delete("settings.py"))
		pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Oops", Author: w.dev})
		gate := w.concluded(pull.Head(), "Assay", "failure")
		if !strings.Contains(gate.Summary+gate.Text, "settings.py") {
			t.Errorf("the summary does not name the file:\n%s", gate.Summary)
		}
		if n := len(pull.ReviewComments()); n != 0 {
			t.Errorf("%d inline comments on lines that are gone", n)
		}
	})
}

func TestALaterPushIsReviewedAndNothingIsSaidTwice(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		pull := w.open("feature", "main", settings(anthropicKey(1)))
		w.concluded(pull.Head(), "Assay", "failure")

		w.repo.Commit("feature", "Something else", w.dev, localhub.Files{"other.py": "x = 1\n"})
		w.concluded(pull.Head(), "Assay", "failure")
		if n := len(pull.ReviewComments()); n != 1 {
			t.Errorf("%d comments after a push that changed nothing about the finding, want the one", n)
		}

		w.repo.Commit("feature", "Move it down", w.dev, localhub.Files{"settings.py": "import os\n\n\n\n\nANTHROPIC_API_KEY = \"" + anthropicKey(1) + "\"\n"})
		w.concluded(pull.Head(), "Assay", "failure")
		if n := len(pull.ReviewComments()); n != 1 {
			t.Errorf("%d comments after the line moved, want the one", n)
		}

		w.repo.Commit("feature", "A second key", w.dev, localhub.Files{"more.py": "KEY = \"" + anthropicKey(2) + "\"\n"})
		w.concluded(pull.Head(), "Assay", "failure")
		if n := len(pull.ReviewComments()); n != 2 {
			t.Errorf("%d comments after a second key, want two", n)
		}
		if n := len(pull.Reviews()); n != 2 {
			t.Errorf("%d reviews, want one for each push that brought something new", n)
		}
	})
}

func TestWhatTheBaseAlreadyHadIsNotBlamedOnThePullRequest(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(settings(anthropicKey(1))))
		old := settings(anthropicKey(1))["settings.py"]
		for name, change := range map[string]func(branch string){
			"an edit beside it": func(branch string) {
				w.repo.Commit(branch, "Edit", w.dev, localhub.Files{"settings.py": "# more\n# comments\n" + old}, localhub.From("main"))
			},
			"a rename": func(branch string) {
				w.repo.Commit(branch, "Rename", w.dev, nil, localhub.Rename("settings.py", "config.py"), localhub.From("main"))
			},
			"a move into another file": func(branch string) {
				w.repo.Commit(branch, "Move", w.dev, localhub.Files{"README.md": "# bot\n\n" + old, "settings.py": "TIMEOUT = 30\n"}, localhub.From("main"))
			},
		} {
			t.Run(name, func(t *testing.T) {
				branch := strings.ReplaceAll(name, " ", "-")
				change(branch)
				pull := w.repo.OpenPull(localhub.NewPull{Head: branch, Title: name, Author: w.dev})
				w.concluded(pull.Head(), "Assay", "success")
				if n := len(pull.ReviewComments()); n != 0 {
					t.Errorf("%d comments", n)
				}
			})
		}
		t.Run("a copy is new", func(t *testing.T) {
			w.repo.Commit("copy", "Copy", w.dev, localhub.Files{"copy.py": old}, localhub.From("main"))
			pull := w.repo.OpenPull(localhub.NewPull{Head: "copy", Title: "Copy", Author: w.dev})
			w.concluded(pull.Head(), "Assay", "failure")
		})
	})
}

func TestADraftIsReviewedQuietly(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		w.repo.Commit("feature", "Add settings", w.dev, settings(anthropicKey(1)))
		pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Draft", Author: w.dev, Draft: true})
		w.concluded(pull.Head(), "Assay", "failure")
		if n := len(pull.ReviewComments()); n != 0 {
			t.Errorf("%d comments on a draft", n)
		}
		pull.Ready(w.dev)
		w.eventually(func() bool { return len(pull.ReviewComments()) == 1 }, func() string { return "no comment came once it was ready" })
	})
}

func TestAForkIsReviewed(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		stranger := w.hub.User("stranger")
		fork := w.repo.Fork(stranger)
		fork.Commit("feature", "Add settings", stranger, settings(anthropicKey(1)))
		pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", HeadRepo: fork, Title: "From a fork", Author: stranger})
		w.concluded(pull.Head(), "Assay", "failure")
		if n := len(pull.ReviewComments()); n != 1 {
			t.Errorf("%d comments, want one", n)
		}
	})
}

func TestARerunIsReviewedAgain(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		pull := w.open("feature", "main", clean())
		first := w.concluded(pull.Head(), "Assay", "success")
		w.repo.Rerequest(first.ID, w.dev)
		w.eventually(func() bool {
			run, _ := w.check(pull.Head(), "Assay")
			return run.Completed.After(first.Completed) && run.Conclusion == "success"
		}, func() string { return "the check was not run again" })
	})
}

func TestWhenTheAppIsUninstalledNothingIsLeft(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		pull := w.open("feature", "main", clean())
		w.concluded(pull.Head(), "Assay", "success")
		if n := len(w.mirrors()); n != 1 {
			t.Fatalf("%d mirrors, want one", n)
		}
		w.install.Uninstall()
		w.hub.Flush()
		w.eventually(func() bool { return len(w.mirrors()) == 0 }, func() string { return "the mirror is still there" })
		for _, table := range []string{"repositories", "pulls", "results", "published"} {
			if n := w.rows(table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
	})
}
