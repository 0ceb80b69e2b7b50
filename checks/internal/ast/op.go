package ast

// Op is an operator, or a kind of declaration or literal. Operators have one value whatever the language calls them:
// `and` and `&&` are OpAnd, `===` is OpEq like `==`.
type Op uint8

// The operators.
const (
	NoOp Op = iota
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpFloorDiv
	OpMod
	OpPow
	OpMatMul
	OpBitAnd
	OpBitOr
	OpBitXor
	OpBitNot
	OpBitClear // &^
	OpShl
	OpShr
	OpUShr
	OpAnd
	OpOr
	OpNot
	OpCoalesce // ??
	OpElvis    // ?:
	OpEq
	OpNe
	OpStrictEq
	OpStrictNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpIn
	OpNotIn
	OpIs
	OpIsNot
	OpInstanceOf
	OpMatch    // =~
	OpNotMatch // !~
	OpCompare  // <=>
	OpRange
	OpRangeExclusive
	OpIncrement
	OpDecrement
	OpTypeOf
	OpVoid
	OpDelete
	OpAddressOf
	OpDeref
	OpReceive // <-
	OpSend
	OpComma
	OpConcat // . of PHP
	OpPipe   // | of shells
	OpAssign
	OpOf

	OpVar
	OpLet
	OpConst

	OpBytes
	OpRegex
	OpSymbol
	OpTemplate
	OpFString

	OpSpread
	OpSpreadMap

	OpList
	OpSet
	OpDict
	OpGenerator

	OpClass
	OpInterface
	OpStruct
	OpEnum
	OpTrait
	OpModule
	OpObject
	OpImpl

	OpFrom
)

var opNames = [...]string{
	"", "+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "~", "&^", "<<", ">>", ">>>", "and", "or", "not", "??", "?:",
	"==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "instanceof", "=~", "!~", "<=>", "..", "..<",
	"++", "--", "typeof", "void", "delete", "&x", "*x", "<-", "send", ",", ".", "|>", "=", "of", "var", "let", "const", "bytes",
	"regex", "symbol", "template", "fstring", "*…", "**…", "list", "set", "dict", "generator", "class", "interface",
	"struct", "enum", "trait", "module", "object", "impl", "from",
}

func (o Op) String() string { return opNames[o] }
