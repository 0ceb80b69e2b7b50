package tensor

import "github.com/assay-app/assay/checks/model/artefact"

// flat reads flatbuffers: tables that point to each other by offsets. Nothing that a file says is believed before it was
// held against the file's size.
type flat struct {
	*cursor
	budget *artefact.Budget
}

// stepsOfTable is what a table takes of a budget: many lists may lead to the same one.
const stepsOfTable = 16

// table is a table and its list of fields.
type table struct {
	at     int64
	fields int64 // where the list is
	count  int   // of fields
}

// vector is a list of things of one size.
type vector struct {
	at    int64
	count int64
}

func (f *flat) size() int64 { return f.src.Size() }

// jump reads the offset at a place and is where it leads, or -1 with an error.
func (f *flat) jump(at int64) int64 {
	f.at = at
	to := at + int64(f.u32())
	if f.err == nil && to > f.size()-4 {
		f.err = errCut
	}
	if f.err != nil {
		return -1
	}
	return to
}

// table reads the table at a place.
func (f *flat) table(at int64) table {
	if f.err == nil && !f.budget.Step(stepsOfTable) {
		f.err = artefact.ErrBudget
	}
	f.at = at
	fields := at - int64(int32(f.u32()))
	if f.err == nil && (fields < 0 || fields > f.size()-4) {
		f.err = errCut
	}
	if f.err != nil {
		return table{}
	}
	f.at = fields
	size := int64(f.u16())
	if f.err == nil && (size < 4 || size > f.size()-fields) {
		f.err = errCut
	}
	if f.err != nil {
		return table{}
	}
	return table{at: at, fields: fields, count: int(size-4) / 2}
}

// field is where a field of a table is, or 0 if it is not there.
func (f *flat) field(t table, i int) int64 {
	if f.err != nil || i >= t.count {
		return 0
	}
	f.at = t.fields + 4 + 2*int64(i)
	offset := int64(f.u16())
	if offset == 0 || f.err != nil {
		return 0
	}
	if t.at+offset > f.size() {
		f.err = errCut
		return 0
	}
	return t.at + offset
}

// number is a field of 32 bits, or zero.
func (f *flat) number(t table, i int) uint32 {
	if at := f.field(t, i); at > 0 {
		f.at = at
		return f.u32()
	}
	return 0
}

// long is a field of 64 bits, or zero.
func (f *flat) long(t table, i int) uint64 {
	if at := f.field(t, i); at > 0 {
		f.at = at
		return f.u64()
	}
	return 0
}

// vector is a field that is a list of things of so many bytes.
func (f *flat) vector(t table, i int, each int64) vector {
	at := f.field(t, i)
	if at == 0 {
		return vector{}
	}
	to := f.jump(at)
	if to < 0 {
		return vector{}
	}
	f.at = to
	v := vector{at: to + 4, count: int64(f.u32())}
	if f.err == nil && v.count > (f.size()-v.at)/each {
		f.err = errCut
	}
	if f.err != nil {
		return vector{}
	}
	return v
}

// tables visits a list of tables.
func (f *flat) tables(t table, i int, visit func(n int64, t table)) {
	v := f.vector(t, i, 4)
	for n := int64(0); n < v.count && f.err == nil; n++ {
		inner := f.table(f.jump(v.at + 4*n))
		if f.err == nil {
			visit(n, inner)
		}
	}
}

// text is a field that is a string, cut off after most bytes.
func (f *flat) text(t table, i, most int) string {
	v := f.vector(t, i, 1)
	if f.err != nil || v.count == 0 {
		return ""
	}
	return f.string(v.at, v.count, most)
}
