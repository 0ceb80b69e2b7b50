package command

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// scriptKeys are the keys in YAML whose strings, and lists of strings, are scripts: in GitHub's workflows, GitLab,
// CircleCI, Azure, Travis, Drone, Bitbucket, Buildkite, Cloud Build, CodeBuild, Read the Docs, Taskfile, Ansible,
// SkyPilot, Render.
var scriptKeys = setOf(`run script before_script after_script bash sh pwsh powershell commands cmds cmd before_install
	after_install install before_deploy after_success inlineScript inline shell setup build_command start_command
	buildCommand startCommand preDeployCommand post_install pre_install pre_build post_build post_checkout
	post_build_cmds build_cmds pre_create_environment post_create_environment ansible.builtin.shell ansible.builtin.command onCreateCommand
	postCreateCommand postStartCommand updateContentCommand postAttachCommand initializeCommand`)

// pipeline reads YAML: workflows of GitHub, other pipelines, compose files, manifests of Kubernetes.
func (r *reader) pipeline(source string, github bool) {
	t, err := treeOfYAML(source)
	if err != nil {
		r.lose(ErrMalformed.Error())
		return
	}
	if t.lossy {
		r.lose("more values, or deeper ones, than are read")
	}
	images := github || r.hasImages(t)
	foreign := map[int32]bool{} // steps whose scripts are none of a shell
	for n := range int32(len(t.nodes)) {
		switch node := t.nodes[n]; {
		case node.Kind == jsonc.Object:
			if otherShell(t.text(t.member(n, "shell"))) {
				foreign[n] = true
			}
			r.object(t, n, serverKeys)
			if images {
				r.imagesOf(t, n, github)
			}
		case node.Key == (jsonc.Range{}):
		case node.Kind == jsonc.String && !foreign[node.Parent]:
			r.value(t, n, github)
		case node.Kind == jsonc.Array && scriptKeys[t.key(n)]:
			r.scripts(t, n, 0)
		}
	}
}

// value reads a member of an object that is a string.
func (r *reader) value(t *tree, n int32, github bool) {
	switch key := t.key(n); {
	case key == "dockerfile_inline":
		r.dockerfile(t.fragment(n))
	case key == "uses":
		if github {
			r.uses(t, n)
		}
	case scriptKeys[key]:
		r.script(t.fragment(n), 0)
	case strings.HasSuffix(key, ".sh") || t.source[t.nodes[n].Start] == '|' && shebang(t.fragment(n).text):
		r.script(t.fragment(n), 0) // a script that is kept as data, such as one for the start of a machine
	case key != "" && key == strings.ToUpper(key):
		r.variable(key, t.word(n))
	}
}

// otherShell reports whether the shell that a step names is none.
func otherShell(command string) bool {
	shell, _, _ := strings.Cut(command, " ")
	switch unversioned(base(shell)) {
	case "python", "node", "perl", "ruby", "deno", "bun", "rscript":
		return true
	}
	return false
}

// scripts reads the strings of a list, and of lists in it, as scripts.
func (r *reader) scripts(t *tree, n int32, depth int) {
	for child := t.child(n); child != jsonc.None; child = t.nodes[child].Next {
		switch {
		case t.is(child, jsonc.String):
			r.script(t.fragment(child), 0)
		case t.is(child, jsonc.Array) && depth < MaxDepth:
			r.scripts(t, child, depth+1)
		}
	}
}

// serverKeys are the keys of the objects that hold MCP servers; the others mean that only in JSON, in files of agents.
var (
	serverKeys     = setOf("mcpServers mcp_servers mcpservers")
	serverKeysJSON = union(serverKeys, setOf("servers mcp.servers context_servers mcp amp.mcpServers"))
)

// object reads a command with its arguments, and what an MCP server is started by, if one of the keys holds the object.
func (r *reader) object(t *tree, n int32, serverKeys set) {
	found := t.members(n, "command", "args", "entrypoint", "url", "serverUrl", "httpUrl", "name", "value")
	command, args, entry, name, value := found[0], found[1], found[2], found[6], found[7]
	if t.is(name, jsonc.String) && t.is(value, jsonc.String) {
		r.variable(t.text(name), t.word(value)) // as Kubernetes writes variables
	}
	if parent := t.nodes[n].Parent; t.is(parent, jsonc.Object) && serverKeys[t.key(parent)] {
		address := jsonc.None
		for _, n := range found[3:6] {
			if t.is(n, jsonc.String) {
				address = n
			}
		}
		if command != jsonc.None || address != jsonc.None {
			r.serve(t, n, command, address)
		}
	}
	switch {
	case t.is(entry, jsonc.String) && strings.HasPrefix(t.text(command), "-"): // sh, and -c with a script
		r.command(append(t.items(entry), words(t.word(command))...), 0)
	case t.is(command, jsonc.String) && !t.is(args, jsonc.Array):
		r.script(t.fragment(command), 0)
	case t.is(command, jsonc.Array) || t.is(args, jsonc.Array):
		first := t.items(command)
		if t.is(command, jsonc.String) && strings.ContainsRune(first[0].text, ' ') {
			first = words(first[0]) // a command that is written with its first arguments
		}
		r.argv(append(first, t.items(args)...))
	case t.is(entry, jsonc.String):
		r.script(t.fragment(entry), 0)
	}
	if t.is(entry, jsonc.Array) {
		r.argv(t.items(entry))
	}
	r.server = ""
}

// argv reads a command that is a list of words; one word that is more than a word is a script.
func (r *reader) argv(list []word) {
	if len(list) == 1 {
		r.script(list[0].fragment(), 0)
		return
	}
	r.command(list, 0)
}

// serve keeps an MCP server; what the same object installs belongs to it.
func (r *reader) serve(t *tree, n, command, address int32) {
	if len(r.found.Servers) >= MaxFound {
		r.lose(tooMany)
		return
	}
	s := Server{Name: t.key(n), URL: withoutCredentials(t.text(address))}
	if items := t.items(command); len(items) > 0 {
		s.Command, _, _ = strings.Cut(items[0].text, " ")
		if list := words(items[0]); len(list) > 0 {
			s.Command = list[0].text
		}
	}
	s.At = r.at(t.place(int(t.nodes[n].Key.Start)), t.place(int(t.nodes[n].Key.End)))
	r.server = s.Name
	r.found.Servers = append(r.found.Servers, s)
}

// hasImages reports whether the YAML is of a kind in which "image" means an image of a container, and not a picture.
func (r *reader) hasImages(t *tree) bool {
	file := strings.ToLower(string(r.path))
	name := path.Base(file)
	for _, part := range []string{"compose", "gitlab-ci", "drone", "woodpecker", "pipelines", "cloudbuild", "buildspec", "values"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	for _, dir := range []string{".circleci/", ".gitlab/", ".woodpecker/", ".buildkite/", ".tekton/"} {
		if strings.Contains(file, dir) {
			return true
		}
	}
	for n := range int32(len(t.nodes)) {
		if t.nodes[n].Parent != jsonc.None || t.nodes[n].Kind != jsonc.Object {
			continue
		}
		found := t.members(n, "apiVersion", "kind", "services")
		if found[0] != jsonc.None && found[1] != jsonc.None || t.is(found[2], jsonc.Object) {
			return true
		}
	}
	return false
}

// imagesOf keeps the images that an object names.
func (r *reader) imagesOf(t *tree, n int32, github bool) {
	found := t.members(n, "image", "build", "container", "repository", "tag", "digest", "services")
	image, build, service := found[0], found[1], found[6]
	switch {
	case github && !r.runsContainer(t, n):
	case build != jsonc.None && t.parentKey(n) == "services": // it gives the image its name
	case t.is(image, jsonc.String):
		before := len(r.found.Images)
		r.serviceImage(t, image)
		if tag := found[4]; t.is(tag, jsonc.String) && len(r.found.Images) > before && r.found.Images[before].Tag == "" {
			r.found.Images[before].apart(t.text(tag), "")
		}
	case t.is(image, jsonc.Object): // GitLab
		if name := t.member(image, "name"); t.is(name, jsonc.String) && t.member(image, "repository") == jsonc.None {
			r.serviceImage(t, name)
		}
	}
	if github && t.is(found[2], jsonc.String) {
		r.serviceImage(t, found[2])
	}
	if t.is(service, jsonc.Array) && strings.Contains(strings.ToLower(string(r.path)), "gitlab") {
		for _, w := range t.items(service) {
			r.image(w, Service, nil)
		}
	}
	if t.key(n) == "image" && t.is(found[3], jsonc.String) {
		r.chartImage(t, found[3], t.text(found[4]), t.text(found[5]))
	}
}

func (r *reader) serviceImage(t *tree, n int32) {
	w := t.word(n)
	if rest, ok := strings.CutPrefix(w.text, "docker://"); ok {
		w = w.sub(len(w.text)-len(rest), len(w.text))
	} else if name := path.Base(w.text); strings.HasPrefix(name, "Dockerfile") || strings.HasPrefix(w.text, ".") {
		return // an action that is built
	}
	r.image(w, Service, nil)
}

// chartImage keeps an image as Helm's values have it: repository, tag and digest apart. A tag that is missing is often
// the version of the chart.
func (r *reader) chartImage(t *tree, repository int32, tag, digest string) {
	before := len(r.found.Images)
	r.image(t.word(repository), Service, nil)
	if len(r.found.Images) == before {
		return
	}
	r.found.Images[before].apart(tag, digest)
}

// apart sets a tag and a digest that are written beside the name.
func (i *Image) apart(tag, digest string) {
	i.Tag, i.Digest, i.Pin = tag, digest, nil
	if i.Open = tag == "" && digest == "" || strings.ContainsAny(tag+digest, "${}"); i.Open {
		i.Tag, i.Digest = "", ""
	}
}

// runsContainer reports whether an object of a workflow is a container or a service of a job, or what an action runs.
func (r *reader) runsContainer(t *tree, n int32) bool {
	key := t.key(n)
	return key == "container" || key == "runs" || t.parentKey(n) == "services"
}

// uses keeps an action or a reusable workflow, or the image that "docker://" names.
func (r *reader) uses(t *tree, n int32) {
	w := trimmed(t.word(n))
	switch {
	case strings.HasPrefix(w.text, "docker://"):
		r.image(w.sub(len("docker://"), len(w.text)), Service, nil)
		return
	case w.text == "" || strings.ContainsAny(w.text, "${} \n"):
		return
	case len(r.found.Actions) >= MaxFound:
		r.lose(tooMany)
		return
	}
	name, ref, pinned := strings.Cut(w.text, "@")
	a := Action{Name: name, Ref: ref, Full: isCommit(ref), At: r.at(w.span(0, len(w.text)))}
	a.Local = strings.HasPrefix(name, ".")
	if !a.Local && strings.Count(name, "/") == 0 {
		return
	}
	ending := path.Ext(name)
	a.Workflow = (ending == ".yml" || ending == ".yaml") && strings.Contains(name, "/workflows/")
	if pinned {
		pin := r.at(w.span(len(name)+1, len(w.text)))
		a.Pin = &pin
	}
	end, _ := lineAt(t.source, int(t.nodes[n].End))
	a.Version = versionIn(t.source[t.nodes[n].End:end])
	r.found.Actions = append(r.found.Actions, a)
}

// versionIn is the version in the comment behind a reference.
func versionIn(rest string) string {
	_, comment, ok := strings.Cut(rest, "#")
	if !ok {
		return ""
	}
	for _, part := range strings.FieldsFunc(comment, func(r rune) bool { return strings.ContainsRune(" \t\r@=:,()", r) }) {
		if digits := strings.TrimPrefix(part, "v"); digits != "" && '0' <= digits[0] && digits[0] <= '9' && len(part) < 40 {
			return part
		}
	}
	return ""
}

// isCommit reports whether a reference is the full id of a commit, of SHA-1 or SHA-256.
func isCommit(ref string) bool {
	return (len(ref) == 40 || len(ref) == 64) && strings.Trim(ref, "0123456789abcdefABCDEF") == ""
}
