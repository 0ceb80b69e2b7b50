require 'net/http'
require_relative "foo/bar"
module A
  class B < C::D
    include E
    attr_accessor :x, :y
    before_action :auth, only: [:show], if: -> { x }
    X = 1
    @@c = 2
    def initialize(a, b = 1, *rest, k:, o: 2, **kw, &blk)
      @a = a
      super(a)
      super
    end
    def self.s(x) = x + 1
    def show?
      return 1 if a && !b
      redirect_to params[:url] unless foo.nil?
      render json: { "a" => 1, b: 2, **z }, status: :ok
      puts "x #{y} z", 'raw', %w[a b], %i[c d], :sym, :"s#{x}", `ls #{d}`, %x(ls), /re#{x}/i
      if a == 1 then b elsif c then d else e end
      unless x
        y
      else
        z
      end
      while x do y end
      until x; y; end
      foo.each do |i, (j, k)|
        bar(i)
      end
      foo.map { |x| x.to_s }
      foo.map(&:to_s)
      list.each_with_index { _1 }
      case x
      when 1, 2 then a
      when String
        b
      else c
      end
      begin
        a
      rescue Foo, Bar => e
        b
      rescue
        d
      else
        f
      ensure
        c
      end
      x = y rescue z
      a, b = b, *c
      a ||= 1
      a += 2
      x ? y : z
      a&.b&.c(1)
      A::B.new(1)
      ::Foo
      A::b(2)
      -> (x) { x }
      lambda { |y| y }
      text = <<~SQL
        select #{x}
      SQL
      obj.name = 3
      obj[1] = 2
      not x
      x = if a then b else c end
      begin; x; end while y
      for i in 1..10 do puts i end
      yield x
      raise Foo, "x"
      a <=> b
      a =~ /x/
      defined?(x)
      $glob = 1
      nil; true; self; 1.5; ?c
      puts(*args, **opts, &blk)
      !a
      x.y = z
      "a" "b"
      1...3
      foo.()
      alias a b
      next if x
      in_x = {a:, "b": 1}
      case [a] in [Integer => x, *] then 1 end
      system("ls", exception: true)
    rescue => e
      log e
    end
    private
    class << self
      def q; end
    end
  end
end
