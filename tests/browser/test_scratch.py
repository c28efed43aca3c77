import time, os, glob, pathlib
import pytest
from axe_playwright_python.sync_playwright import Axe
pytestmark = pytest.mark.browser
def cpu():
    me=os.getpid(); procs={}
    for p in glob.glob("/proc/[0-9]*/stat"):
        try:
            f=pathlib.Path(p).read_text(); name=f[f.index("(")+1:f.rindex(")")]; r=f[f.rindex(")")+2:].split()
            procs[int(p.split("/")[2])]=(int(r[1]),name,(int(r[11])+int(r[12])+int(r[13])+int(r[14]))/100)
        except Exception: pass
    out={}
    def mine(pid):
        while pid in procs:
            if pid==me: return True
            pid=procs[pid][0]
        return False
    for pid,(pp,name,t) in procs.items():
        if mine(pid): out[name]=out.get(name,0)+t
    return out
def show(label,a,b,t): print(label, f"{t:.1f}s", {k:round(b[k]-a.get(k,0),2) for k in b})
@pytest.mark.parametrize("js",[True,False])
def test_x(gallery, open_browser, js):
    page=open_browser(gallery.stage.address, "ru", java_script_enabled=js)
    page.goto("/en")
    for path in ("/en","/en/events", "/en/time-zone"):
        a=cpu(); t=time.time()
        for _ in range(20): page.goto(path)
        show(path,a,cpu(),time.time()-t)
    with gallery.stage.client() as c:
        for path in ("/en","/en/events", "/en/time-zone"):
            a=cpu(); t=time.time()
            for _ in range(20): c.get(path)
            show("http "+path,a,cpu(),time.time()-t)
    if js:
        a=cpu(); t=time.time()
        for _ in range(10): Axe().run(page)
        show("axe",a,cpu(),time.time()-t)
