const path=require('path');const dir=path.dirname(require.resolve('@waline/vercel/package.json'));const A=require('thinkjs');
new A({ROOT_PATH:dir,APP_PATH:path.join(dir,'src'),proxy:true,env:'production'}).run();
think.config('host','127.0.0.1');think.config('port',Number(process.env.PORT));
