package lang

import (
	encoding "encoding/json"
	"regexp"
	"strings"
)

var (
	// dockerOldEnv is `ENV NAME several words`.
	dockerOldEnv = regexp.MustCompile(`(?mi)^([ \t]*ENV[ \t]+\w+[ \t]+)([^\s="'\\]+[ \t][^\n"'\\]*[^\s"'\\])[ \t]*$`)
	// dockerHeredoc is `RUN <<END`.
	dockerHeredoc = regexp.MustCompile(`(?mi)^[ \t]*(?:RUN|COPY|ADD)\b[^\n]*?(<<-?(["']?)(\w+)["']?)[^\n]*\n`)
)

// dockerLegible rewrites what the grammar of Dockerfiles lacks: spaces behind the backslash at the end of a line, options
// without a value, shell commands that begin with a bracket, several words in an old ENV, and the texts that stand below an
// instruction, which the grammar takes for instructions.
func dockerLegible(source string) string {
	text := []byte(dockerJoined(source))
	dockerOptions(text)
	dockerShellForms(text)
	for _, m := range dockerOldEnv.FindAllSubmatchIndex(text, -1) {
		for i := m[4]; i < m[5]; i++ {
			if text[i] == ' ' || text[i] == '\t' {
				text[i] = '_'
			}
		}
	}
	from := 0
	for {
		m := dockerHeredoc.FindStringSubmatchIndex(source[from:])
		if m == nil {
			return string(text)
		}
		begin, mark := from+m[1], source[from+m[6]:from+m[7]]
		for i := from + m[2]; i < from+m[3]; i++ {
			text[i] = '_'
		}
		end := begin
		for end < len(source) {
			line, _, _ := strings.Cut(source[end:], "\n")
			for i := end; i < end+len(line); i++ {
				text[i] = ' '
			}
			end = min(end+len(line)+1, len(source))
			if strings.Trim(line, "\t\r") == mark {
				break
			}
		}
		from = end
	}
}

// dockerContinued is a backslash that spaces follow.
var dockerContinued = regexp.MustCompile(`(?m)\\[ \t]+$`)

// dockerJoined moves the backslashes at the ends of lines to the very end, where Docker takes them to be.
func dockerJoined(text string) string {
	return dockerContinued.ReplaceAllStringFunc(text, func(end string) string { return end[1:] + `\` })
}

// dockerLeading are the options at the beginning of an instruction.
var dockerLeading = regexp.MustCompile(`(?mi)^[ \t]*(?:ADD|COPY|RUN|FROM|HEALTHCHECK)((?:[ \t]+--[a-z-]+(?:=\S*)?)+)`)

// dockerOptions gives a value to options that have none: --link becomes --li=k.
func dockerOptions(text []byte) {
	for _, m := range dockerLeading.FindAllSubmatchIndex(text, -1) {
		for at := m[2]; at < m[3]; {
			end := at
			for end < m[3] && text[end] != ' ' && text[end] != '\t' {
				end++
			}
			const shortest = len("--ab")
			if word := string(text[at:end]); len(word) > shortest && !strings.Contains(word, "=") {
				text[end-2] = '='
			}
			at = end + 1
		}
	}
}

// dockerCommand is an instruction whose command is written as a list, or as a line for a shell that may begin with a bracket.
var dockerCommand = regexp.MustCompile(`(?mi)^[ \t]*(?:RUN|CMD|ENTRYPOINT)\b(?:[ \t]+--[a-z-]+=\S*)*((?:[^\n\\]|\\[^\n]|\\\n(?:[ \t]*#[^\n]*\n)*)*)`)

// dockerTest is a command that tests something, in a pattern of which it is not known which holes are texts.
var dockerTest = regexp.MustCompile(`^\s*\[\s+-[a-z]\s`)

// dockerShellForms hides the brackets of commands that are no list of texts in JSON, which Docker gives to a shell.
func dockerShellForms(text []byte) {
	for _, m := range dockerCommand.FindAllSubmatchIndex(text, -1) {
		command := text[m[2]:m[3]]
		if strings.IndexByte(string(command), '[') < 0 {
			continue
		}
		plain := dockerComment.ReplaceAllString(string(command), "")
		if sentinelPattern.MatchString(plain) && !dockerTest.MatchString(plain) {
			continue
		}
		var words []string
		if encoding.Unmarshal([]byte(strings.ReplaceAll(plain, "\\\n", "\n")), &words) == nil {
			continue
		}
		for i, c := range command {
			if c == '[' {
				command[i] = '_'
			}
		}
	}
}
