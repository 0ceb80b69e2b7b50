@Component({selector: "a"})
export class Page {
  @Input() name: string;
  @HostListener("x", ["$event"])
  onX(@Inject(TOKEN) e) {}
}
@sealed class S {}
