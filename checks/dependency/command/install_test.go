package command

import "testing"

// commands are tests of one-line scripts.
func commands(t *testing.T, tests map[string][]string) {
	t.Helper()
	files := map[string]fileTest{}
	for script, want := range tests {
		files[script] = fileTest{"a.sh", script, want}
	}
	runFiles(t, files)
}

func TestPip(t *testing.T) {
	commands(t, map[string][]string{
		"pip install requests":                          {"pip PyPI requests"},
		"pip3 install Flask_Login==0.6.3":               {"pip PyPI flask-login@0.6.3 pinned"},
		"pip install 'torch>=2.1,<3'":                   {"pip PyPI torch wants >=2.1,<3"},
		"pip install numpy==1.*":                        {"pip PyPI numpy wants ==1.*"},
		"pip install a===1.0":                           {"pip PyPI a@1.0 pinned"},
		`pip install "a == 1.0 ; python_version > '3'"`: {"pip PyPI a@1.0 pinned"},
		"pip install 'uvicorn[standard]==0.30'":         {"pip PyPI uvicorn@0.30 pinned"},
		"pip install a b c":                             {"pip PyPI a", "pip PyPI b", "pip PyPI c"},
		"pip install -qU a":                             {"pip PyPI a"},
		"pip install --upgrade pip":                     {"pip PyPI pip"},
		"pip --no-cache-dir install a":                  {"pip PyPI a"},
		"pip install --target lib --no-deps a":          {"pip PyPI a"},
		"pip install -t lib a":                          {"pip PyPI a"},
		"pip install --timeout=60 a":                    {"pip PyPI a"},
		"pip download a==1":                             {"pip PyPI a@1 pinned"},
		"python -m pip install a":                       {"pip PyPI a"},
		"python3.12 -m pip install a":                   {"pip PyPI a"},
		"py -3.11 -m pip install a":                     {"pip PyPI a"},
		`"$PYTHON" -m pip install a`:                    {"pip PyPI a"},
		"${PYTHON:-python3} -m pip install a":           {"pip PyPI a"},
		"/opt/venv/bin/pip3.11 install a":               {"pip PyPI a"},
		"$VENV/bin/pip install a":                       {"pip PyPI a"},
		`.venv\Scripts\pip.exe install a`:               nil, // a backslash takes the meaning of a letter in a shell
		"pip install -r requirements.txt":               {"includes requirements.txt [requirements.txt]"},
		"pip install -rdev.txt -c c.txt":                {"includes dev.txt [dev.txt]", "includes c.txt [c.txt] as constraint"},
		"pip install -qr dev.txt":                       {"includes dev.txt [dev.txt]"},
		"pip install -r ../../etc/passwd":               {"includes ../../etc/passwd []"},
		"pip install -r /app/requirements.txt":          {"includes /app/requirements.txt []"},
		"pip install -r $FILE":                          nil,
		"pip install .":                                 {"pip PyPI from local ."},
		"pip install -e '.[dev]'":                       {"pip PyPI from local .[dev]"},
		"pip install ./a.whl dist/b.tar.gz":             {"pip PyPI from local ./a.whl", "pip PyPI from local dist/b.tar.gz"},
		"pip install $PKG a":                            {"pip PyPI a"},
		"pip install a$SUFFIX":                          nil,
		"pip install a==$VERSION":                       {"pip PyPI a wants ==$VERSION"},
		"pip install ${{ matrix.pkg }} a":               {"pip PyPI a"},
		"pip install $(cat list) a":                     {"pip PyPI a"},
		"pip install git+https://git.example/a/b.git@v1#egg=b": {
			"pip PyPI b from git git+https://git.example/a/b.git@v1#egg=b"},
		"pip install 'b @ git+ssh://git@git.example/a/b.git'": {"pip PyPI b from git git+ssh://git.example/a/b.git"},
		"pip install 'b @ https://files.example/b-1.whl'":     {"pip PyPI b from url https://files.example/b-1.whl"},
		"pip install https://files.example/b-1.tar.gz":        {"pip PyPI from url https://files.example/b-1.tar.gz"},
		"pip install -e git+https://git.example/a/b#egg=b":    {"pip PyPI b from git git+https://git.example/a/b#egg=b"},
		"pip install --index-url https://u:p@index.example/simple a": {
			"pip PyPI a", "source https://index.example/simple"},
		"pip install --extra-index-url=https://index.example/simple a": {
			"pip PyPI a", "source https://index.example/simple extra"},
		"pip install -i https://index.example/simple a":         {"pip PyPI a", "source https://index.example/simple"},
		"pip install a --trusted-host index.example":            {"pip PyPI a", "option trusted-host index.example"},
		"pip config set global.index-url https://index.example": {"source https://index.example"},
		"PIP_INDEX_URL=https://index.example pip install a":     {"pip PyPI a", "source https://index.example"},
		"export PIP_EXTRA_INDEX_URL='https://a.example https://b.example'": {
			"source https://a.example extra", "source https://b.example extra"},
		"export PIP_INDEX_URL=${INDEX:-https://a.example}": {"source https://a.example"},
		"pip list":           nil,
		"pip uninstall a":    nil,
		"pip freeze > a.txt": nil,
		"echo pip install a": nil,
		"pip":                nil,
		"pip install":        nil,
		"pip install пакет":  {"pip PyPI пакет"},
	})
}

func TestUV(t *testing.T) {
	commands(t, map[string][]string{
		"uv pip install --system a==1.0":                      {"uv PyPI a@1.0 pinned"},
		"uv add 'a>=1' b":                                     {"uv PyPI a wants >=1", "uv PyPI b"},
		"uv add --dev a":                                      {"uv PyPI a in dev"},
		"uv add a@1.2.3":                                      {"uv PyPI a@1.2.3 pinned"},
		"uv add git+https://git.example/a":                    {"uv PyPI from git git+https://git.example/a"},
		"uv add --index https://index.example a":              {"uv PyPI a", "source https://index.example extra"},
		"uv add --index acme=https://index.example a":         {"uv PyPI a", "source https://index.example extra"},
		"uv add -r requirements.txt":                          {"includes requirements.txt [requirements.txt]"},
		"uv tool install ruff@latest":                         {"uv PyPI ruff wants latest"},
		"uv tool run ruff==0.5.0 check .":                     {"uv PyPI ruff@0.5.0 runs pinned"},
		"uvx ruff check a b":                                  {"uvx PyPI ruff runs"},
		"uvx ruff@0.5.0 check":                                {"uvx PyPI ruff@0.5.0 runs pinned"},
		"uvx --python 3.12 --from 'a[b]==1.0' tool":           {"uvx PyPI a@1.0 runs pinned"},
		"uvx --with a,b c":                                    {"uvx PyPI a runs", "uvx PyPI b runs", "uvx PyPI c runs"},
		"uvx --from git+https://git.example/a@main a":         {"uvx PyPI from git git+https://git.example/a@main runs"},
		"uv run --with 'a==1' python b.py":                    {"uv PyPI a@1 runs pinned"},
		"uv run pip install a":                                {"pip PyPI a"},
		"uv run pytest a":                                     nil,
		"uv run -m a b":                                       nil,
		"uv sync":                                             nil,
		"uv pip install --index-strategy unsafe-best-match a": {"uv PyPI a", "option index-strategy unsafe-best-match"},
		"uv pip compile a.in":                                 nil,
	})
}

func TestOtherToolsOfPython(t *testing.T) {
	commands(t, map[string][]string{
		"pipx install a":                        {"pipx PyPI a"},
		"pipx install --python 3.12 a b":        {"pipx PyPI a", "pipx PyPI b"},
		"pipx run a==1.0 b c":                   {"pipx PyPI a@1.0 runs pinned"},
		"pipx run --spec a==1.0 tool":           {"pipx PyPI a@1.0 runs pinned"},
		"pipx inject env a b":                   {"pipx PyPI a", "pipx PyPI b"},
		"python3 -m pipx install a":             {"pipx PyPI a"},
		"poetry add a@^1.2 'b==1.0' -G dev":     {"poetry PyPI a wants ^1.2 in dev", "poetry PyPI b@1.0 in dev pinned"},
		"poetry add a@latest":                   {"poetry PyPI a wants latest"},
		"poetry run pip install a":              {"pip PyPI a"},
		"poetry install --with dev":             nil,
		"pdm add -dG test a":                    {"pdm PyPI a in dev"},
		"pipenv install a --dev":                {"pipenv PyPI a in dev"},
		"conda install -y -c conda-forge a=1.2": {"conda conda a wants =1.2"},
		"conda create -n env python=3.11 a==1.0": {
			"conda conda python wants =3.11", "conda conda a@1.0 pinned"},
		"mamba install 'a>=1.0' conda-forge::b=1.0=py_0": {"mamba conda a wants >=1.0", "mamba conda b@1.0 pinned"},
		"conda install -c https://channel.example a":     {"conda conda a", "source https://channel.example extra"},
		"conda run -n env pip install a":                 {"pip PyPI a"},
		"conda activate env":                             nil,
	})
}

func TestJavaScript(t *testing.T) {
	commands(t, map[string][]string{
		"npm install":                                        nil,
		"npm ci":                                             nil,
		"npm i lodash":                                       {"npm npm lodash"},
		"npm install lodash@4.17.21":                         {"npm npm lodash@4.17.21 pinned"},
		"npm add lodash@^4 -D":                               {"npm npm lodash wants ^4 in dev"},
		"npm i lodash@4.17":                                  {"npm npm lodash wants 4.17"},
		"npm i -g @acme/cli@latest":                          {"npm npm @acme/cli wants latest"},
		"npm i --prefix web @acme/a":                         {"npm npm @acme/a"},
		"npm i a@npm:@acme/b@1.0.0":                          {"npm npm @acme/b@1.0.0 as a pinned"},
		"npm i acme/tool":                                    {"npm npm from git acme/tool"},
		"npm i github:acme/tool#main":                        {"npm npm from git github:acme/tool#main"},
		"npm i git+ssh://git@git.example/a":                  {"npm npm from git git+ssh://git.example/a"},
		"npm i https://files.example/a.tgz":                  {"npm npm from url https://files.example/a.tgz"},
		"npm i ./a ../b a.tgz file:c":                        {"npm npm from local ./a", "npm npm from local ../b", "npm npm from local a.tgz", "npm npm from local file:c"},
		"npm i --registry https://registry.example a":        {"npm npm a", "source https://registry.example"},
		"npm i --@acme:registry=https://registry.example a":  {"npm npm a", "source https://registry.example for @acme"},
		"npm config set registry https://registry.example":   {"source https://registry.example"},
		"npm config set @acme:registry=https://acme.example": {"source https://acme.example for @acme"},
		"npm config set strict-ssl false":                    {"option strict-ssl false"},
		"npm run build a":                                    nil,
		"npm exec --package=a@1.0.0 -- b c":                  {"npm npm a@1.0.0 runs pinned"},
		"npm exec a -- b":                                    {"npm npm a runs or finds"},
		"npm create vite@latest my-app -- --template x":      {"npm npm create-vite wants latest runs"},
		"npm init @acme":                                     {"npm npm @acme/create runs"},
		"npm init @acme/app@1.0.0":                           {"npm npm @acme/create-app@1.0.0 runs pinned"},
		"npm init -y":                                        nil,
		"npx -y create-next-app@14.2.3 my-app":               {"npx npm create-next-app@14.2.3 runs or finds pinned"},
		"npx tsc --noEmit a":                                 {"npx npm tsc runs or finds"},
		"npx --package a --package b@1.0.0 c":                {"npx npm a runs", "npx npm b@1.0.0 runs pinned"},
		"npx -c 'npm i a'":                                   {"npm npm a"},
		"npx ./tool":                                         {"npx npm from local ./tool runs or finds"},
		"npx $TOOL a":                                        nil,
		"yarn":                                               nil,
		"yarn build a":                                       nil,
		"yarn add a@1.0.0 --dev":                             {"yarn npm a@1.0.0 in dev pinned"},
		"yarn global add a":                                  {"yarn npm a"},
		"yarn workspace web add a":                           {"yarn npm a"},
		"yarn dlx -p a b":                                    {"yarn npm a runs"},
		"yarn dlx a b":                                       {"yarn npm a runs"},
		"yarn create react-app x":                            {"yarn npm create-react-app runs"},
		"pnpm add -Dw a":                                     {"pnpm npm a in dev"},
		"pnpm --filter web add a":                            {"pnpm npm a"},
		"pnpm dlx a@1.0.0 b":                                 {"pnpm npm a@1.0.0 runs pinned"},
		"pnpm install":                                       nil,
		"pnpm a b":                                           nil,
		"bun add a":                                          {"bun npm a"},
		"bunx a b":                                           {"bunx npm a runs or finds"},
		"bun x a b":                                          {"bun npm a runs or finds"},
		"bun run a":                                          nil,
		"deno install -g npm:a@1.0.0 jsr:@acme/b":            {"deno npm a@1.0.0 pinned"},
		"deno run -A npm:a x":                                {"deno npm a runs"},
	})
}

func TestOtherEcosystems(t *testing.T) {
	commands(t, map[string][]string{
		"go install golang.org/x/tools/cmd/goimports@v0.24.0": {
			"go Go golang.org/x/tools@0.24.0 golang.org/x/tools/cmd/goimports pinned"},
		"go install golang.org/x/tools/gopls@v0.16.0":              {"go Go golang.org/x/tools/gopls@0.16.0 pinned"},
		"go install github.com/acme/a/v2/cmd/b@latest":             {"go Go github.com/acme/a/v2 wants latest github.com/acme/a/v2/cmd/b"},
		"go install sigs.k8s.io/a/b/v5@v5.4.2":                     {"go Go sigs.k8s.io/a/b/v5@5.4.2 pinned"},
		"go install github.com/acme/a@v1":                          {"go Go github.com/acme/a wants v1"},
		"go get -u github.com/acme/a":                              {"go Go github.com/acme/a"},
		"go get -t github.com/acme/a/...@v1.2.3-rc.1":              {"go Go github.com/acme/a@1.2.3-rc.1 pinned"},
		"go run github.com/acme/a/cmd/b@v1.2.3 c":                  {"go Go github.com/acme/a@1.2.3 github.com/acme/a/cmd/b runs pinned"},
		"go run github.com/acme/a/cmd/b":                           nil,
		"go run main.go":                                           nil,
		"go install ./... example.com/$X@v1.0.0":                   nil,
		"GOFLAGS=-mod=mod go install -tags a mod.example/b@v1.0.0": {"go Go mod.example/b@1.0.0 pinned"},
		"$(GO) install github.com/acme/a@v1.0.0":                   {"go Go github.com/acme/a@1.0.0 pinned"},
		"export GOSUMDB=off GOINSECURE=*":                          {"option gosumdb off", "option goinsecure *"},
		"export GOPROXY=https://a.example,direct":                  {"source https://a.example"},
		"go build ./...":                                           nil,
		"cargo install a --locked --version 1.2.3":                 {"cargo crates.io a@1.2.3 pinned"},
		"cargo +nightly install a@1.2.3 b":                         {"cargo crates.io a@1.2.3 pinned", "cargo crates.io b"},
		"cargo install --git https://git.example/a":                {"cargo crates.io from git https://git.example/a"},
		"cargo install --git https://git.example/a a":              {"cargo crates.io a from git https://git.example/a"},
		"cargo install --path .":                                   nil,
		"cargo add a@1.2.3 -F b --dev":                             {"cargo crates.io a wants 1.2.3 in dev"},
		"cargo build a":                                            nil,
		"gem install a -v 1.2.3":                                   {"gem RubyGems a@1.2.3 pinned"},
		"gem install a:1.2.3 b":                                    {"gem RubyGems a@1.2.3 pinned", "gem RubyGems b"},
		"gem install a -v '~> 1.2'":                                {"gem RubyGems a wants ~> 1.2"},
		"gem install a.gem":                                        {"gem RubyGems from local a.gem"},
		"bundle add a --version 1.2.3":                             {"bundle RubyGems a@1.2.3 pinned"},
		"bundle exec gem install a":                                {"gem RubyGems a"},
		"bundle install":                                           nil,
		"composer require Acme/a:1.2.3 acme/b:^2 --dev":            {"composer Packagist acme/a@1.2.3 pinned", "composer Packagist acme/b wants ^2"},
		"composer require acme/a ^1.0":                             {"composer Packagist acme/a wants ^1.0"},
		"composer create-project acme/a dir":                       {"composer Packagist acme/a runs"},
		"composer install":                                         nil,
		"dotnet add package Acme.A --version 1.2.3":                {"dotnet NuGet Acme.A@1.2.3 pinned"},
		"dotnet add web/web.csproj package Acme.A -v 1.2.3":        {"dotnet NuGet Acme.A@1.2.3 pinned"},
		"dotnet tool install -g acme-tool":                         {"dotnet NuGet acme-tool"},
		"dotnet build a":                                           nil,
		"apt-get install -y python3-pip && brew install npm":       nil,
	})
}

func TestImagesInCommands(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	commands(t, map[string][]string{
		"docker run -it --rm python:3.12 bash":              {"run python:3.12 pinned"},
		"docker run -p 80:80 -e A=b --name x acme/a":        {"run acme/a"},
		"docker run -dp 80:80 registry.example:5000/a/b:v1": {"run registry.example:5000/a/b:v1 pinned"},
		"docker pull acme/a@" + digest:                      {"run acme/a@" + digest + " pinned"},
		"docker pull acme/a:v1@" + digest:                   {"run acme/a:v1@" + digest + " pinned"},
		"podman run --network=host acme/a:$TAG":             {"run acme/a open"},
		"docker run acme/a:${TAG:-v1}":                      {"run acme/a:v1"},
		"docker run $IMAGE pip install a":                   {"pip PyPI a"},
		"docker run python:3 pip install a":                 {"pip PyPI a", "run python:3 pinned"},
		"docker exec -it box pip install a":                 {"pip PyPI a"},
		"docker build -t a . && docker run a":               nil,
		"docker run local_image":                            nil,
		"docker ps -a":                                      nil,
		"docker compose run web pip install a":              nil,
	})
}

func TestCommandsBehindOthers(t *testing.T) {
	install := []string{"pip PyPI a"}
	commands(t, map[string][]string{
		"sudo -H -u root pip install a":                       install,
		"sudo -E PIP_X=1 pip install a":                       install,
		"env -u X A=b pip install a":                          install,
		"A=b C='d e' pip install a":                           install,
		"time nice -n 5 pip install a":                        install,
		"timeout -k 5 60 pip install a":                       install,
		"xargs -n 1 pip install a":                            install,
		"if ! pip install a; then exit; fi":                   install,
		"for x in y; do pip install a; done":                  install,
		"f() { pip install a; }":                              install,
		"case x in y) pip install a ;; esac":                  install,
		"bash -c 'pip install a'":                             install,
		"sh -exc \"cd x && pip install a\"":                   install,
		"su - user -c 'pip install a'":                        install,
		"eval \"pip install a\"":                              install,
		"x=$(pip install a)":                                  install,
		"echo \"`pip install a`\"":                            install,
		"cmd /c pip install a":                                install,
		"powershell -Command \"pip install a\"":               install,
		"bash <<EOF\npip install a\nEOF":                      install,
		"cat <<EOF\npip install a\nEOF":                       nil,
		"ssh host <<'EOF'\npip install a\nEOF":                install,
		"true && pip install a || false":                      install,
		"concurrently \"pip install a\" \"b\"":                install,
		"# pip install a":                                     nil,
		"python -c 'pip install a'":                           nil,
		"claude mcp add -s user x -- npx -y @acme/a@1.0.0":    {"npx npm @acme/a@1.0.0 for x runs or finds pinned", "server x npx"},
		"claude mcp add --transport http x https://x.example": {"server x  https://x.example"},
		"codex mcp add x uvx a":                               {"uvx PyPI a for x runs", "server x uvx"},
	})
}
