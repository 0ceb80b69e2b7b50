const view = <T,>(p: Props<T>) => <List<T> items={p.items as T[]}>{p.name!}</List>;
