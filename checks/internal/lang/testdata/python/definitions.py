@app.route("/x", methods=["GET"])
@login
async def view(a, *rest, key: int = 3, table: Dict[str, int], **more) -> str:
    """Says what it does."""
    return a

def f(a, /, b=1, *, c): pass

class Model(Base, metaclass=Meta):
    name: str
    size = 1
    limit: int = 2

    @property
    def value(self): return self.size

class Empty: ...

def generic[T: int](x: T) -> list[T]: yield x

double = lambda n, *more: n * 2
