package command

import "testing"

func TestWorkflows(t *testing.T) {
	const commit = "8f4b7f84864484a7bf31766abe9204da3cbe65b3"
	const path = ".github/workflows/ci.yml"
	step := "jobs:\n  a:\n    steps:\n"
	runFiles(t, map[string]fileTest{
		"an action with a tag":            {path, step + "      - uses: acme/a@v4\n", []string{"uses acme/a ref v4 pinned"}},
		"an action at a commit":           {path, step + "      - uses: acme/a/b@" + commit + " # v4.1.1\n", []string{"uses acme/a/b full said v4.1.1 ref " + commit + " pinned"}},
		"a comment that names the action": {path, step + "      - uses: acme/a@" + commit + " # acme/a@v2\n", []string{"uses acme/a full said v2 ref " + commit + " pinned"}},
		"a commit that is cut short":      {path, step + "      - uses: acme/a@8f4b7f8\n", []string{"uses acme/a ref 8f4b7f8 pinned"}},
		"an action in quotes":             {path, step + "      - uses: \"acme/a@main\"\n", []string{"uses acme/a ref main pinned"}},
		"an action of the repository":     {path, step + "      - uses: ./.github/actions/x\n", []string{"uses ./.github/actions/x local ref "}},
		"a reusable workflow":             {path, "jobs:\n  a:\n    uses: acme/a/.github/workflows/b.yml@main\n", []string{"uses acme/a/.github/workflows/b.yml workflow ref main pinned"}},
		"a workflow of the repository":    {path, "jobs:\n  a:\n    uses: ./.github/workflows/b.yml\n", []string{"uses ./.github/workflows/b.yml local workflow ref "}},
		"an image as an action":           {path, step + "      - uses: docker://acme/a:1\n", []string{"service acme/a:1 pinned"}},
		"a script":                        {path, step + "      - run: |\n          pip install a==1.0 \\\n            b\n          npm i c\n", []string{"pip PyPI a@1.0 pinned", "pip PyPI b", "npm npm c"}},
		"a script on one line":            {path, step + "      - run: pip install \"a==1.0\" # x\n", []string{"pip PyPI a@1.0 pinned"}},
		"a folded script":                 {path, step + "      - run: >-\n          pip install\n          a==1.0\n          b\n", []string{"pip PyPI a@1.0 pinned", "pip PyPI b"}},
		"a script in double quotes":       {path, step + "      - run: \"pip install \\\"a==1.0\\\"\\nnpm i b\"\n", []string{"pip PyPI a@1.0 pinned", "npm npm b"}},
		"a script of Python":              {path, step + "      - shell: python\n        run: pip install a\n", nil},
		"a script of PowerShell":          {path, step + "      - shell: pwsh\n        run: pip install a\n", []string{"pip PyPI a"}},
		"the containers of a job":         {path, "jobs:\n  a:\n    container: a:1\n    services:\n      db:\n        image: postgres:16\n  b:\n    container:\n      image: b:1\n", []string{"service a:1 pinned", "service postgres:16 pinned", "service b:1 pinned"}},
		"an input called image":           {path, step + "      - uses: ./x\n        with:\n          image: picture\n", []string{"uses ./x local ref "}},
		"variables":                       {path, "env:\n  PIP_EXTRA_INDEX_URL: https://a.example\n", []string{"source https://a.example extra"}},
		"an action that is a container":   {"action.yml", "runs:\n  using: docker\n  image: docker://acme/a:1\n", []string{"service acme/a:1 pinned"}},
		"an action that is built":         {"action.yml", "runs:\n  using: docker\n  image: Dockerfile\n", nil},
		"an action of steps":              {"x/action.yaml", "runs:\n  using: composite\n  steps:\n    - run: npm i a\n      shell: bash\n    - uses: acme/a@v1\n", []string{"npm npm a", "uses acme/a ref v1 pinned"}},
		"other YAML uses nothing":         {"config.yml", "uses: acme/a@v1\nimage: picture.png\n", nil},
	})
}

func TestOtherPipelines(t *testing.T) {
	runFiles(t, map[string]fileTest{
		"GitLab":                         {".gitlab-ci.yml", "image: python:3.12\nbuild:\n  services:\n    - postgres:16\n  before_script:\n    - pip install a\n  script:\n    - npm i b\n    - [pip install c]\n", []string{"pip PyPI a", "npm npm b", "pip PyPI c", "service python:3.12 pinned", "service postgres:16 pinned"}},
		"CircleCI":                       {".circleci/config.yml", "jobs:\n  a:\n    docker:\n      - image: cimg/node:20\n    steps:\n      - run: npm i a\n      - run:\n          command: npm i b\n", []string{"npm npm a", "npm npm b", "service cimg/node:20 pinned"}},
		"Azure Pipelines":                {"azure-pipelines.yml", "steps:\n  - script: pip install a\n  - bash: |\n      pip install b\n", []string{"pip PyPI a", "pip PyPI b"}},
		"a task file":                    {"Taskfile.yml", "tasks:\n  a:\n    cmds:\n      - go install github.com/acme/a@v1.0.0\n      - cmd: npx b\n", []string{"go Go github.com/acme/a@1.0.0 pinned", "npx npm b runs or finds"}},
		"Read the Docs":                  {".readthedocs.yaml", "build:\n  jobs:\n    post_install:\n      - pip install a\n", []string{"pip PyPI a"}},
		"a compose file":                 {"compose.yaml", "services:\n  a:\n    image: acme/a:${TAG:-v1}\n    command: pip install a\n  b:\n    build: .\n    image: acme/b\n  c:\n    image: acme/c\n    command: [\"npx\", \"-y\", \"x\"]\n    environment:\n      PIP_INDEX_URL: https://a.example\n", []string{"pip PyPI a", "npx npm x runs or finds", "service acme/a:v1", "service acme/c", "source https://a.example"}},
		"a manifest of Kubernetes":       {"deploy.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: registry.example/a/b:v1\n      command: [\"/bin/sh\", \"-c\"]\n      args: [\"pip install a && b\"]\n      env:\n        - name: PIP_TRUSTED_HOST\n          value: a.example\n    - image: \"{{ .Values.image }}\"\n", []string{"pip PyPI a", "service registry.example/a/b:v1 pinned", "option trusted-host a.example"}},
		"a shell and its script":         {"compose.yml", "services:\n  a:\n    entrypoint: /bin/bash\n    command: >\n      -c \"\n      pip install a;\n      b\"\n", []string{"pip PyPI a"}},
		"a Dockerfile in a compose file": {"compose.yml", "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM a:1\n        RUN pip install b\n", []string{"pip PyPI b", "base a:1 pinned"}},
		"a script kept as data":          {"config.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  start.sh: |\n    pip install a\n  notes: |\n    pip install b\n  boot: |\n    #!/bin/sh\n    pip install c\n", []string{"pip PyPI a", "pip PyPI c"}},
		"the values of a chart":          {"chart/values.yaml", "image:\n  repository: acme/a\n  tag: v1\nb:\n  image:\n    repository: acme/b\nc:\n  image: acme/c\n  tag: v2\n", []string{"service acme/a:v1", "service acme/b open", "service acme/c:v2"}},
		"servers in YAML":                {"config.yaml", "mcpServers:\n  x:\n    command: npx\n    args:\n      - -y\n      - a@1.0.0\n", []string{"npx npm a@1.0.0 for x runs or finds pinned", "server x npx"}},
		"servers of another kind":        {"asyncapi.yml", "servers:\n  x:\n    url: broker.example\n", nil},
		"lists that are templated":       {"templates/a.yaml", "apiVersion: v1\nkind: Pod\nspec:\n{{- if .Values.x }}\n  image: a:1\n{{- end }}\n", []string{"service a:1 pinned"}},
		"text about a command":           {"docs.yml", "description: pip install a\n", nil},
		"what no one can understand":     {"broken.yml", "\t- {{[}: run: 'x\n", nil},
	})
}
