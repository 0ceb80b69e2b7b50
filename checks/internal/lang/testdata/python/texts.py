plain = "a'b\n"
prefixes = (r"raw\n", b"bytes", rb'\x', u"u", """long "quoted"
text""", "")
joined = "a" 'b' f"{c}"
no_values = f"just text"
values = f"a{x!r:>{width}}b{{c}}{y + 1}"
bytes_joined = b"a" b"b"
dots = ...
