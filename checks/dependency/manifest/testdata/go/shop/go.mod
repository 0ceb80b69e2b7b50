module shop.example/shop

go 1.22.3

toolchain go1.22.5

require (
	github.com/dgrijalva/jwt-go v3.2.0+incompatible
	github.com/google/uuid v1.6.0
	golang.org/x/text v0.3.7
	rsc.io/quote/v3 v3.1.0
	shop.example/money v0.0.0
)

require (
	github.com/golang-jwt/jwt v3.2.2+incompatible // indirect
	rsc.io/sampler v1.3.0 // indirect
)

replace shop.example/money => ./money

replace github.com/dgrijalva/jwt-go v3.2.0+incompatible => github.com/golang-jwt/jwt v3.2.1+incompatible

exclude golang.org/x/text v0.3.6
