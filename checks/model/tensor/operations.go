package tensor

import (
	"strings"

	"github.com/assay-app/assay/checks"
)

// danger is why an operation is more than arithmetic.
type danger struct {
	rule checks.RuleID
	why  string
}

// operations are those of TensorFlow that reach out of the graph. Those that a saver needs to read a model's own
// variables (SaveV2, RestoreV2, ShardedFilename, MergeV2Checkpoints) and tables of a model's own assets are none.
var operations = func() map[string]*danger {
	table := map[string]*danger{}
	for _, group := range []struct {
		rule checks.RuleID
		why  string
		ops  string
	}{
		{tensorflowPython, "calls a Python function by its number in the process that runs the model", "PyFunc PyFuncStateless EagerPyFunc EagerPyFuncStateless"},
		{tensorflowPython, "loads native code into the process that runs the model", "LoadLibrary LoadOpLibrary TfLoadLibrary"},
		{tensorflowFile, "reads a file of the machine that runs the model", "ReadFile WholeFileReader WholeFileReaderV2"},
		{tensorflowFile, "writes a file of the machine that runs the model", "WriteFile SaveDataset SaveDatasetV2 DatasetToTFRecord ExperimentalDatasetToTFRecord"},
		{tensorflowFile, "lists files of the machine that runs the model", "MatchingFiles MatchingFilesDataset ExperimentalMatchingFilesDataset"},
		{tensorflowFile, "loads data from a folder of the machine that runs the model", "LoadDataset"},
		{tensorflowFile, "opens a database", "SqlDataset ExperimentalSqlDataset"},
		{tensorflowFile, "takes credentials and uses them in the process that runs the model", "GcsConfigureCredentials"},
		{tensorflowRecords, "reads records of files that the graph names", "TextLineReader TextLineReaderV2 FixedLengthRecordReader FixedLengthRecordReaderV2 TFRecordReader " +
			"TFRecordReaderV2 LMDBReader TextLineDataset TFRecordDataset TFRecordDatasetV2 FixedLengthRecordDataset FixedLengthRecordDatasetV2 LMDBDataset ExperimentalLMDBDataset CSVDataset CSVDatasetV2 ExperimentalCSVDataset"},
		{tensorflowRecords, "writes a log to a place that the graph names", "CreateSummaryFileWriter CreateSummaryDbWriter"},
		{tensorflowRecords, "talks to a server that the graph names", "DataServiceDataset DataServiceDatasetV2 DataServiceDatasetV3 DataServiceDatasetV4 RegisterDataset RegisterDatasetV2 BigQueryReader RemoteFusedGraphExecute"},
	} {
		for op := range strings.FieldsSeq(group.ops) {
			table[op] = &danger{group.rule, group.why}
		}
	}
	return table
}()

var (
	printsFile = &danger{tensorflowFile, "writes what it prints to a file of the machine that runs the model"}
	debugsFile = &danger{tensorflowFile, "sends what flows through the graph to a file or server"}
)

// dangerOf is what an operation does that a model should not, or nil. The text is one of the node's own.
func dangerOf(op, text string) *danger {
	switch op {
	case "Print", "PrintV2":
		if strings.HasPrefix(text, "file://") {
			return printsFile
		}
	case "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "DebugNanCount", "DebugNumericSummary", "DebugNumericSummaryV2", "Copy", "CopyHost":
		if strings.Contains(text, "://") {
			return debugsFile
		}
	}
	return operations[op]
}
