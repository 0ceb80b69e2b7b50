package ast

// Kind is what a node is.
type Kind uint8

// The kinds. The comment names the children by role; "?" marks one that may be absent, "*" any number.
const (
	// Other is a construct without a kind of its own. Name is its grammar's name for it. Children have role Part.
	Other Kind = iota
	// File is the root. Stmt*.
	File

	// Ident is an identifier; Name. Also `this`, `self`, `super`, and the names in Property, DefName, TypeOf roles.
	Ident
	// Num is a number; Name is its text.
	Num
	// Str is a text whose value is known; Name is its content as written between the quotes (escapes untouched).
	// Op tells apart bytes, regular expressions and symbols: OpBytes, OpRegex, OpSymbol.
	Str
	// Interp is a text with values in it, and adjacent literals that the language joins. Fragment* (Str) and Value*, in order.
	// f"a{x}b", `a${x}b`, "a#{x}b", "a" "b".
	Interp
	// Bool and Null are literals; Name is their text (true, None, nil, undefined is an Ident).
	Bool
	Null

	// Call applies something. Callee, Arg*. A KeywordArg, Spread or Block (Ruby's block, Kotlin's trailing lambda as a
	// Func) may be an Arg.
	Call
	// New makes an object: `new T(…)`. Callee (the type), Arg*, Body? (an anonymous class).
	New
	// KeywordArg is an argument or attribute given by name. Name is the name; DefName (Ident), Value.
	KeywordArg
	// Spread is *x, **x, ...x, &block. Op is OpSpread or OpSpreadMap. Value.
	Spread
	// Member is x.name, x->name, x::name, x?.name. Object, Property (Ident). FlagOptional for ?. and &.
	Member
	// Index is x[i]. Object, Arg*.
	Index
	// Slice is the a:b:c inside an index. Low?, High?, Step?.
	Slice
	// Unary is op x; Op. Value. Includes ++/-- (FlagPostfix), typeof, delete in expressions, & and * of Go and C.
	Unary
	// Binary is left op right; Op. Left, Right. Includes and/or, comparisons, in, is, instanceof (a chain a<b<c becomes
	// (a<b) and (b<c)).
	Binary
	// Assign is left = right and left op= right; Op is OpAssign or the binary operator. Left, Right. Several targets of
	// Python's a = b = c nest in Right. Go's := has FlagDeclares.
	Assign
	// VarDef declares a variable (or field, constant): Left (a pattern or Ident), TypeOf?, Right? (its first value),
	// Modifier*, Decorator*. One for each variable of a declaration. Op tells OpVar, OpLet, OpConst apart.
	VarDef
	// Cond is test ? then : else. Test, Then, Else.
	Cond
	// List, Tuple and Set hold Elem*. Go's composite literals of slices are a New whose args are the elements.
	List
	Tuple
	Set
	// Dict holds Elem*: Pair, Spread, or Func for methods of a JavaScript object. Mappings of YAML and JSON too.
	Dict
	// Pair is key: value. Key, Value. A plain name as key (JavaScript) is an Ident with FlagBareKey; {a} is a Pair of
	// two equal Idents with FlagShorthand.
	Pair
	// Comprehension is [x for y in z if c]; Op is OpList, OpSet, OpDict or OpGenerator. Value (a Pair in a Dict), then a Clause
	// for each for: Clause nodes are ForEach without Body, and Cond filters have role Test.
	Comprehension
	// Await, Yield: Value?. Yield from has FlagDelegate.
	Await
	Yield
	// Cast is (T) x, x as T, x.(T), x!: TypeOf?, Value. Types of TypeScript that mean nothing at run time too.
	Cast
	// Type is a type expression; Name is its text without white space. A plain or dotted name is an Ident or Member
	// instead. Elem* for arguments: Dict[str, int] is Type "Dict[str,int]" with Object, Elem*.
	Type
	// JSXElement: Name is the tag; DefName?, Attr* (KeywordArg or Spread), Child*.
	JSXElement

	// Block is a sequence of statements. Stmt*. Name is a word before it: static of Java, unsafe of Rust. A body is always a Block, even of one statement without braces.
	Block
	// Func is a function, method or lambda. Decorator*, Modifier*, Receiver? (Go), DefName?, TypeParam*, Param*, Result?, Body?.
	// The body of an expression lambda is a Block with one Return that has FlagImplicit.
	Func
	// Param is a parameter. Decorator*, Modifier*, DefName (Ident or a pattern), TypeOf?, Default?. FlagRest for *args and
	// ..., FlagRestMap for **kwargs.
	Param
	// Class is a class, interface, struct, enum, trait, object or module; Op says which. Decorator*, Modifier*, DefName?,
	// TypeParam*, Super* (KeywordArg for metaclass=…), Interface*, Body.
	Class
	// Decorator is @x, [x], #[x] or a Java annotation. Callee, Arg*. FlagCalled when it has brackets.
	Decorator
	// Modifier is a word before a declaration: public, static, async, final. Name.
	Modifier

	// Import brings a module or names of it in; Name is the module as written, without quotes, dotted where the language dots it
	// (Java's a.b.C has module "a.b.C"). Item* are the names taken from it, Alias? (Ident) renames the module. FlagWildcard for all names.
	// Op is OpFrom when it has items.
	Import
	// ImportItem: Name is the name in the module; DefName (Ident, the same name), Alias? (Ident).
	ImportItem

	// If: Test, Then (Block), Else? (Block; an else-if is a Block with one If). Init? for Go.
	If
	// While: Test, Body. Do-while has FlagPostfix.
	While
	// For: Init?, Test?, Update?, Body.
	For
	// ForEach: Left (the variable or pattern), Right (what it runs over), Body, Else?. Op is OpIn or OpOf. Also Go's range
	// with FlagDeclares.
	ForEach
	// Switch: Test?, Case*. Go's type switch and select, Python's match, Rust's match, Kotlin's when too.
	Switch
	// Case: Test* (none for the default, FlagDefault), Guard?, Body.
	Case
	// Try: Item* (resources), Body, Catch*, Else?, Finally?.
	Try
	// Catch: TypeOf*, DefName?, Body.
	Catch
	// With: Item* (WithItem), Body. Also using, and Java's synchronized.
	With
	// WithItem: Value, Alias?.
	WithItem
	// Return, Throw, Delete, Assert, Defer, Go: Value*. Assert's message has role Else.
	Return
	Throw
	Delete
	Assert
	Defer
	Go
	// Break, Continue, Goto: Name is the label, if any.
	Break
	Continue
	Goto
	// Label: Name; Stmt.
	Label
	// Global is global and nonlocal. Elem* (Ident).
	Global

	// Instruction is a line of a Dockerfile or a command of a shell; Name is the keyword in upper case (RUN) or empty for a shell
	// command. Its children are said in the front end of the language.
	Instruction
	// Config is a block of HCL: Name is its type (resource); Callee (Ident, the type again), Arg* (labels, Str), Body (Block of
	// Assign and Config).
	Config

	// The rest stands in patterns only.

	// Metavar is $X; Name is "$X". Child? TypeOf for a typed one. "$_" matches anything and binds nothing.
	Metavar
	// MetavarRest is $...X: any number of arguments, parameters, elements or statements.
	MetavarRest
	// Ellipsis is `...`: any number of siblings, and in an expression position any expression.
	Ellipsis
	// Deep is <... e ...>: e anywhere inside. Value.
	Deep
	// Chain is the `. ... .` in a chain of calls: any number of calls and members in between. Object is what it starts from.
	Chain

	// KindCount is how many kinds there are.
	KindCount
)

var kindNames = [...]string{
	"Other", "File", "Ident", "Num", "Str", "Interp", "Bool", "Null", "Call", "New", "KeywordArg", "Spread", "Member",
	"Index", "Slice", "Unary", "Binary", "Assign", "VarDef", "Cond", "List", "Tuple", "Set", "Dict", "Pair",
	"Comprehension", "Await", "Yield", "Cast", "Type", "JSXElement", "Block", "Func", "Param", "Class", "Decorator",
	"Modifier", "Import", "ImportItem", "If", "While", "For", "ForEach", "Switch", "Case", "Try", "Catch", "With",
	"WithItem", "Return", "Throw", "Delete", "Assert", "Defer", "Go", "Break", "Continue", "Goto", "Label", "Global",
	"Instruction", "Config", "Metavar", "MetavarRest", "Ellipsis", "Deep", "Chain",
}

func (k Kind) String() string { return kindNames[k] }

// IsStatement reports whether a node of this kind can only stand where statements do.
func (k Kind) IsStatement() bool {
	return k >= Block && k <= Config && k != Param && k != Decorator && k != Modifier && k != Func && k != Class
}

// Role is what a child is to its parent.
type Role uint8

// The roles.
const (
	NoRole Role = iota
	Part
	Stmt
	Callee
	Arg
	Object
	Property
	Value
	Left
	Right
	Key
	Elem
	Low
	High
	Step
	Test
	Then
	Else
	Init
	Update
	Body
	Fragment
	DefName
	Alias
	Item
	TypeOf
	TypeParam
	ParamOf
	Receiver
	Result
	Default
	DecoratorOf
	ModifierOf
	Super
	Interface
	CaseOf
	Guard
	CatchOf
	Finally
	Clause
	Attr
	ChildOf
)

var roleNames = [...]string{
	"", "part", "stmt", "callee", "arg", "object", "property", "value", "left", "right", "key", "elem", "low", "high",
	"step", "test", "then", "else", "init", "update", "body", "fragment", "name", "alias", "item", "type", "typeparam",
	"param", "receiver", "result", "default", "decorator", "modifier", "super", "interface", "case", "guard", "catch",
	"finally", "clause", "attr", "child",
}

func (r Role) String() string { return roleNames[r] }

// Flags are properties that only some kinds have.
type Flags uint16

// The flags; the kinds' comments say where they stand.
const (
	FlagOptional Flags = 1 << iota
	FlagPostfix
	FlagDeclares
	FlagBareKey
	FlagShorthand
	FlagDelegate
	FlagImplicit
	FlagRest
	FlagRestMap
	FlagCalled
	FlagWildcard
	FlagDefault
	FlagAsync  // of Func, ForEach, With
	FlagLambda // a Func that is an expression
	FlagError  // the grammar made no sense of something in here
	FlagRaw    // a Str without escapes: r"…", `…`, @"…", '…' in shells
)

var flagNames = [...]string{
	"optional", "postfix", "declares", "bare", "shorthand", "delegate", "implicit", "rest", "restmap", "called",
	"wildcard", "default", "async", "lambda", "error", "raw",
}

func (f Flags) String() string {
	out := ""
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			out += "+" + name
		}
	}
	return out
}
