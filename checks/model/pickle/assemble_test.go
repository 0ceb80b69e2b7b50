package pickle

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// assemble makes a stream of its opcodes, as the examples of the rules write them: separated by semicolons, each with its
// arguments behind it.
func assemble(tb testing.TB, source string) []byte {
	tb.Helper()
	var b []byte
	for _, line := range strings.Split(source, ";") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), words[0]))
		code, err := instruction(words[0], words[1:], rest)
		if err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		b = append(b, code...)
	}
	return b
}

var plainOpcodes = map[string]byte{
	"mark": opMark, "stop": opStop, "pop": opPop, "pop_mark": opPopMark, "dup": opDup, "none": opNone, "reduce": opReduce, "append": opAppend,
	"build": opBuild, "dict": opDict, "empty_dict": opEmptyDict, "appends": opAppends, "list": opList, "empty_list": opEmptyList, "obj": opObj,
	"setitem": opSetItem, "tuple": opTuple, "empty_tuple": opEmptyTuple, "setitems": opSetItems, "newobj": opNewObj, "tuple1": opTuple1,
	"tuple2": opTuple2, "tuple3": opTuple3, "true": opNewTrue, "false": opNewFalse, "empty_set": opEmptySet, "additems": opAddItems,
	"frozenset": opFrozenSet, "newobj_ex": opNewObjEx, "stack_global": opStackGlobal, "memoize": opMemoize, "next_buffer": opNextBuffer,
	"readonly_buffer": opReadonlyBuffer, "binpersid": opBinPersID,
}

func instruction(name string, args []string, rest string) ([]byte, error) {
	if op, ok := plainOpcodes[name]; ok {
		return []byte{op}, nil
	}
	number := func(i int) uint64 {
		n, _ := strconv.ParseUint(args[i], 0, 64)
		return n
	}
	switch name {
	case "proto":
		return []byte{opProto, byte(number(0))}, nil
	case "frame":
		return binary.LittleEndian.AppendUint64([]byte{opFrame}, number(0)), nil
	case "global", "inst":
		return fmt.Appendf(nil, "%c%s\n%s\n", map[string]byte{"global": opGlobal, "inst": opInst}[name], args[0], args[1]), nil
	case "string":
		return append(append([]byte{opShortBinUnicode}, byte(len(rest))), rest...), nil
	case "bytes":
		return append(append([]byte{opShortBinBytes}, byte(len(rest))), rest...), nil
	case "line", "unicode": // of protocol 0, with its escapes
		if name == "unicode" {
			return fmt.Appendf(nil, "V%s\n", rest), nil
		}
		return fmt.Appendf(nil, "S'%s'\n", rest), nil
	case "long_string":
		return append(binary.LittleEndian.AppendUint32([]byte{opBinUnicode}, uint32(len(rest))), rest...), nil
	case "int":
		return []byte{opBinInt1, byte(number(0))}, nil
	case "decimal":
		return fmt.Appendf(nil, "I%s\n", rest), nil
	case "get":
		return []byte{opBinGet, byte(number(0))}, nil
	case "put":
		return []byte{opBinPut, byte(number(0))}, nil
	case "put_line":
		return fmt.Appendf(nil, "p%s\n", rest), nil
	case "get_line":
		return fmt.Appendf(nil, "g%s\n", rest), nil
	case "persid":
		return fmt.Appendf(nil, "P%s\n", rest), nil
	case "ext1":
		return []byte{opExt1, byte(number(0))}, nil
	case "raw":
		return hex.DecodeString(strings.ReplaceAll(rest, " ", ""))
	}
	return nil, fmt.Errorf("there is no opcode %q", name)
}
