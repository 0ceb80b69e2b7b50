package store_test

import (
	"testing"

	"github.com/assay-app/assay/app/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
