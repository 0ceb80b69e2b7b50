#include <string>
using namespace std; using A::B; namespace N { class C; }
template <typename T> class A : public B, private C<T> { public: A(int x) : x_(x), y(1) { } ~A(); virtual int f() const override; static int s; private: int x_ = 1; std::string n; };
int A::g(const std::string& s, int d = 1) { auto x = new Foo(1); delete x; delete[] y; throw std::runtime_error("x"); std::cout << s << 1; this->x_ = 1; a::b::c(1); v.push_back(1); std::vector<int> v2{1, 2}; std::string st("x"); return nullptr == x; }
int main() { for (auto& i : v) { f(i); } auto l = [&](int x) { return x; }; try { a(); } catch (const E& e) { b(); } catch (...) { } static_cast<int>(x); std::make_unique<F>(1); if (auto p = q(); p) {} Foo* f = nullptr; int *p = &x; enum class E { A }; R"(raw)"; co_await x; true; x.y->z(); typedef int I; using J = int; operator<<(x); std::string s = "a" + b; char buf[10]; memcpy(buf, s, 1); system(cmd.c_str()); }
