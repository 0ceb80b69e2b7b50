resource "aws_x" "b" {
  acl = "public"
  name = "a-${var.n}-b"
  versioning {
    enabled = false
    x = 1
  }
  cidr = ["1.2.3.4/5", "0.0.0.0/0"]
  tags = { a = 1, b = "x" }
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "*" }]
    "Foo" : 1
  })
  dynamic "x" {
    for_each = var.l
    content { a = x.value }
  }
  doc = <<EOF
hello
EOF
}
provider "aws" {
  access_key = aws_x.b.id
}
variable "v" { default = "d" }
