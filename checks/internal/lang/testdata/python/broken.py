def f(:
    dangerous(x)

def g(x):
    y = = eval(x)
    return subprocess.run(y, shell=True

class C
    def m(self):
        os.system(self.a)
