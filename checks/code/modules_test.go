package code

import (
	"context"
	"testing"
)

func TestASinkThatSeveralFilesReachIsReportedOnce(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	caller := "from flask import request\nfrom tools import run\n\ndef view():\n    run(request.args[\"a\"])\n"
	report, err := check.Run(context.Background(), added(map[string]string{
		"one.py": caller, "two.py": caller, "tools.py": "import os\n\ndef run(command):\n    os.system(\"ls \" + command)\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range report.Findings {
		if f.Rule == "python-os-command-injection" {
			n++
			if f.Location.Path != "tools.py" || f.Location.Start.Line != 4 || len(f.Trace) < 2 || f.Trace[0].Path != "one.py" {
				t.Errorf("reported at %+v by way of %+v", f.Location, f.Trace)
			}
		}
	}
	if n != 1 {
		t.Errorf("reported %d times, want once", n)
	}
}
