package syntax

import (
	"strings"
	"testing"
)

// BenchmarkParse parses some 200 KB of each language; its MB/s include the copy into Go.
func BenchmarkParse(b *testing.B) {
	sources := map[Language]string{
		Python: `
class Account(Base):
    """An account of somebody."""

    def transfer(self, other, amount=0, *, note=None):
        if amount <= 0 or self.balance < amount:
            raise ValueError(f"cannot move {amount}")
        for hook in self.hooks:
            hook(self, other, amount)  # may raise
        self.balance -= amount
        return [entry.id for entry in other.entries if entry.amount > 10]
`,
		TypeScript: `
export class Account extends Base implements Named {
  private readonly hooks: Array<(a: Account, n: number) => void> = [];

  async transfer(other: Account, amount = 0, note?: string): Promise<number[]> {
    if (amount <= 0 || this.balance < amount) {
      throw new Error(` + "`cannot move ${amount}`" + `);
    }
    this.hooks.forEach((hook) => hook(other, amount)); // may throw
    this.balance -= amount;
    return other.entries.filter((e) => e.amount > 10).map((e) => e.id);
  }
}
`,
		Go: `
// Transfer moves an amount from one account to another.
func (a *Account) Transfer(other *Account, amount int, note string) ([]int, error) {
	if amount <= 0 || a.balance < amount {
		return nil, fmt.Errorf("cannot move %d: %w", amount, errFunds)
	}
	var ids []int
	for _, entry := range other.entries {
		if entry.amount > 10 {
			ids = append(ids, entry.id)
		}
	}
	a.balance -= amount
	return ids, nil
}
`,
		Java: `
/** An account of somebody. */
class Account extends Base implements Named {
    private final List<Hook> hooks = new ArrayList<>();

    public List<Integer> transfer(Account other, int amount, String note) throws FundsException {
        if (amount <= 0 || this.balance < amount) {
            throw new FundsException("cannot move " + amount);
        }
        for (Hook hook : hooks) {
            hook.run(this, other, amount); // may throw
        }
        this.balance -= amount;
        return other.entries().stream().filter(e -> e.amount() > 10).map(Entry::id).toList();
    }
}
`,
	}
	for _, lang := range []Language{Python, TypeScript, Go, Java} {
		source := strings.Repeat(sources[lang], 200_000/len(sources[lang]))
		if lang == Go {
			source = "package bank\n" + source
		}
		b.Run(lang.String(), func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			nodes := 0
			for b.Loop() {
				tree := mustParse(b, lang, source)
				if tree.Errors > 0 {
					b.Fatal("the source has errors")
				}
				nodes += len(tree.Nodes)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(nodes), "ns/node")
		})
	}
}
