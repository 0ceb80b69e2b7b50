print "hello", name
print >>stream, x
exec code in scope
try:
    pass
except E, e:
    pass
a <> b
x = 0777L
