package command

import "testing"

func TestDockerfiles(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	runFiles(t, map[string]fileTest{
		"a base image with a tag":         {"Dockerfile", "FROM python:3.12-slim\n", []string{"base python:3.12-slim pinned"}},
		"a base image with nothing":       {"Dockerfile", "from ubuntu", []string{"base ubuntu"}},
		"a base image with a digest":      {"Dockerfile", "FROM --platform=$BUILDPLATFORM a/b:1@" + digest + " AS x\n", []string{"base a/b:1@" + digest + " pinned"}},
		"an earlier stage is no image":    {"Dockerfile", "FROM a:1 AS Build\nFROM build\nCOPY --from=build /a /b\nCOPY --from=0 /a /b\n", []string{"base a:1 pinned"}},
		"scratch is no image":             {"Dockerfile", "FROM scratch\n", nil},
		"an image that files come from":   {"Dockerfile", "COPY --from=a/uv:0.5 /uv /bin/\n", []string{"base a/uv:0.5 pinned"}},
		"an image that is mounted":        {"Dockerfile", "RUN --mount=type=bind,from=a/uv:0.5,source=/uv,target=/uv uv pip install a\n", []string{"uv PyPI a", "base a/uv:0.5 pinned"}},
		"a folder given to the build":     {"Dockerfile", "COPY --from=extra_files . /x\n", nil},
		"the default of an argument":      {"Dockerfile", "ARG TAG=3.12\nFROM python:${TAG}\n", []string{"base python:3.12"}},
		"arguments of arguments":          {"Dockerfile", "ARG V=3\nARG IMAGE=python:$V\nFROM $IMAGE\n", []string{"base python:3"}},
		"a default in the place":          {"Dockerfile", "FROM python:${TAG:-3.12}\n", []string{"base python:3.12"}},
		"an argument without a default":   {"Dockerfile", "ARG TAG\nFROM python:${TAG}\nFROM $IMAGE\n", []string{"base python open"}},
		"a command over several lines":    {"Dockerfile", "RUN apt-get update && \\\n    # why\n\n    pip install \\\n      a==1.0 \\\n      b\n", []string{"pip PyPI a@1.0 pinned", "pip PyPI b"}},
		"another sign joins lines":        {"Dockerfile", "# escape=`\nRUN pip install `\n  a\n", []string{"pip PyPI a"}},
		"a command as a list":             {"Dockerfile", `RUN ["pip", "install", "a==1.0"]`, []string{"pip PyPI a@1.0 pinned"}},
		"a shell in a list":               {"Dockerfile", `CMD ["sh", "-c", "npx -y \"a@1.0.0\" b"]`, []string{"npx npm a@1.0.0 runs or finds pinned"}},
		"what the container runs":         {"Dockerfile", "ENTRYPOINT [\"uvx\", \"a\"]\n", []string{"uvx PyPI a runs"}},
		"a here-document":                 {"Dockerfile", "RUN <<EOF\npip install a\nnpm i b\nEOF\nRUN pip install c\n", []string{"pip PyPI a", "npm npm b", "pip PyPI c"}},
		"a here-document of another kind": {"Dockerfile", "RUN python3 <<EOF\npip install a\nEOF\nCOPY <<EOF /x\npip install b\nEOF\n", nil},
		"what a later build runs":         {"Dockerfile", "ONBUILD RUN pip install a\n", []string{"pip PyPI a"}},
		"variables":                       {"Dockerfile", "ENV PIP_INDEX_URL=https://a.example X=1\nENV PIP_TRUSTED_HOST a.example\n", []string{"source https://a.example", "option trusted-host a.example"}},
		"comments and labels are nothing": {"Dockerfile", "# RUN pip install a\nLABEL x=\"pip install a\"\n", nil},
		"names of Dockerfiles":            {"docker/Dockerfile.dev", "FROM a:1", []string{"base a:1 pinned"}},
	})
}

func TestMakefilesAndJustfiles(t *testing.T) {
	runFiles(t, map[string]fileTest{
		"recipes are scripts":               {"Makefile", "PIP = pip install x\nall: a\n\t@pip install a\n\t-$(PIP) install b\n", []string{"pip PyPI a", "pip PyPI b"}},
		"recipes may be joined":             {"Makefile", "a:\n\tfor x in y; do \\\n\t  pip install a $$x; \\\n\tdone\n", []string{"pip PyPI a"}},
		"a version that is a variable":      {"Makefile", "a:\n\tpip install a==$(V)\n", []string{"pip PyPI a wants ==$(V)"}},
		"two dollar signs are one":          {"Makefile", "a:\n\tx=$$(pip install a) pip install $${B} c\n", []string{"pip PyPI a", "pip PyPI c"}},
		"recipes of just":                   {"justfile", "x := 'pip install y'\na:\n    @pip install a {{x}}\n\tnpx b\n", []string{"pip PyPI a", "npx npm b runs or finds"}},
		"a file that says that it is shell": {"bin/setup", "#!/usr/bin/env bash\npip install a\n", []string{"pip PyPI a"}},
		"a file that does not":              {"bin/notes", "pip install a\n", nil},
	})
}
