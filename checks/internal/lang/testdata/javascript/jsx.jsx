const page = <div className="x" {...props} onClick={() => f()} data-a='q' disabled>
  text &amp; {value} {/* nothing */}
  <Nav.Item/>
  <></>
</div>;
const html = <p dangerouslySetInnerHTML={{__html: raw}} />;
