package localhub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

func annotation(line int) object {
	return object{"path": "a.txt", "start_line": line, "end_line": line, "annotation_level": "warning", "message": "careful"}
}

func annotations(n int) []object {
	var list []object
	for i := range n {
		list = append(list, annotation(i+1))
	}
	return list
}

func TestLimitsOfCheckRuns(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a.txt": "a\n"})
	output := func(change func(object)) object {
		o := object{"title": "T", "summary": "S"}
		change(o)
		return object{"output": o}
	}
	action := func(label, description, identifier string) object {
		return object{"label": label, "description": description, "identifier": identifier}
	}
	wide := object{"path": "a.txt", "start_line": 1, "end_line": 2, "start_column": 1, "annotation_level": "notice", "message": "m"}
	for _, c := range []struct {
		name     string
		change   object
		accepted bool
	}{
		{"50 annotations are taken", output(func(o object) { o["annotations"] = annotations(50) }), true},
		{"51 are not", output(func(o object) { o["annotations"] = annotations(51) }), false},
		{"a summary of 65,535 characters is taken", output(func(o object) { o["summary"] = strings.Repeat("ü", 65535) }), true},
		{"one more is not", output(func(o object) { o["summary"] = strings.Repeat("ü", 65536) }), false},
		{"nor in text", output(func(o object) { o["text"] = strings.Repeat("x", 65536) }), false},
		{"columns go with one line only", output(func(o object) { o["annotations"] = []object{wide} }), false},
		{"an annotation's level is one of three", output(func(o object) {
			a := annotation(1)
			a["annotation_level"] = "error"
			o["annotations"] = []object{a}
		}), false},
		{"a label of 20, a description of 40, an identifier of 20 are taken",
			object{"actions": []object{action(strings.Repeat("l", 20), strings.Repeat("d", 40), strings.Repeat("i", 20))}}, true},
		{"a label of 21 is not", object{"actions": []object{action(strings.Repeat("l", 21), "d", "i")}}, false},
		{"a description of 41 is not", object{"actions": []object{action("l", strings.Repeat("d", 41), "i")}}, false},
		{"an identifier of 21 is not", object{"actions": []object{action("l", "d", strings.Repeat("i", 21))}}, false},
		{"three actions are the most", object{"actions": []object{action("1", "d", "1"), action("2", "d", "2"), action("3", "d", "3"), action("4", "d", "4")}}, false},
		{"completed needs a conclusion", object{"status": "completed"}, false},
		{"only GitHub says stale", object{"conclusion": "stale"}, false},
		{"an invented conclusion is refused", object{"conclusion": "perfect"}, false},
		{"a commit that is not there is refused", object{"head_sha": strings.Repeat("0", 40)}, false},
		{"a title without summary is refused", object{"output": object{"title": "T"}}, false},
		{"timed_out is a conclusion", object{"status": "completed", "conclusion": "timed_out"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := object{"name": "Assay", "head_sha": s.repo.Tip("main")}
			for key, value := range c.change {
				request[key] = value
			}
			status, answer := s.call("POST", "/repos/acme/shop/check-runs", s.token, request)
			if want := map[bool]int{true: 201, false: 422}[c.accepted]; status != want {
				t.Errorf("got %d %v, want %d", status, answer["message"], want)
			}
		})
	}
}

func TestLifeOfACheckRun(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a.txt": "a\n"})
	head := s.repo.Tip("main")
	path := func(run object) string { return fmt.Sprintf("/repos/acme/shop/check-runs/%.0f", run["id"]) }
	first := s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": "Assay", "head_sha": head, "external_id": "1"})
	second := s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": "Assay", "head_sha": head, "external_id": "2", "status": "in_progress"})
	s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": "Assay / secret", "head_sha": head})

	t.Run("each update appends its annotations, also when it is sent twice", func(t *testing.T) {
		update := object{"output": object{"title": "T", "summary": "S", "annotations": annotations(50)}}
		s.must(200, "PATCH", path(second), update)
		got := s.must(200, "PATCH", path(second), update)
		if n := got["output"].(object)["annotations_count"]; n != 100.0 {
			t.Errorf("annotations: %v", n)
		}
		if n := len(s.list(path(second) + "/annotations?per_page=100")); n != 100 {
			t.Errorf("listed: %d", n)
		}
	})
	t.Run("a list has the latest of each name unless all are asked for", func(t *testing.T) {
		for query, want := range map[string]float64{
			"": 2, "?filter=all": 3, "?check_name=Assay": 1, "?check_name=Assay&filter=all": 2, "?app_id=1": 0,
			"?app_id=" + id(s.app.ID()): 2, "?status=completed": 0,
		} {
			got := s.must(200, "GET", "/repos/acme/shop/commits/"+head+"/check-runs"+query, nil)
			if got["total_count"] != want {
				t.Errorf("%s: %v, want %v", query, got["total_count"], want)
			}
		}
		if runs := s.repo.CheckRuns(head); runs[1].ExternalID != "2" {
			t.Errorf("latest is %+v", runs)
		}
	})
	t.Run("a conclusion completes it, and a status takes the conclusion back", func(t *testing.T) {
		done := s.must(200, "PATCH", path(first), object{"conclusion": "failure"})
		if done["status"] != "completed" || done["completed_at"] == nil {
			t.Errorf("got %v %v", done["status"], done["completed_at"])
		}
		again := s.must(200, "PATCH", path(first), object{"status": "in_progress"})
		if again["conclusion"] != nil || again["completed_at"] != nil {
			t.Errorf("got %v %v", again["conclusion"], again["completed_at"])
		}
	})
	t.Run("one app can't change what another wrote", func(t *testing.T) {
		other := s.hub.App(localhub.AppOptions{Slug: "other", Owner: s.acme, Permissions: allPermissions})
		o := *s
		o.app, o.installation = other, other.Install(s.acme)
		o.token = o.newToken(nil)
		if status, _ := o.call("PATCH", path(first), o.token, object{"conclusion": "success"}); status != 403 {
			t.Errorf("got %d", status)
		}
		o.must(200, "GET", path(first), nil)
	})
	t.Run("suites are listed with the worst of their runs", func(t *testing.T) {
		suites := s.must(200, "GET", "/repos/acme/shop/commits/main/check-suites", nil)
		if suites["total_count"] != 1.0 {
			t.Errorf("got %v", suites)
		}
		suite := suites["check_suites"].([]any)[0].(object)
		runs := s.must(200, "GET", fmt.Sprintf("/repos/acme/shop/check-suites/%.0f/check-runs", suite["id"]), nil)
		if runs["total_count"] != 2.0 {
			t.Errorf("runs of the suite: %v", runs["total_count"])
		}
	})
}
