<?php $_SERVER['SERVER_PORT']=$argv[1];$_SERVER['HTTP_HOST']='127.0.0.1:'.$argv[1];$_SERVER['REQUEST_URI']='/';$_SERVER['SERVER_PROTOCOL']='HTTP/1.1';
define('WP_INSTALLING',true);require __DIR__.'/wp-load.php';require_once ABSPATH.'wp-admin/includes/upgrade.php';add_filter('pre_wp_mail','__return_false');
wp_install('Test blog','admin','admin@example.org',true,'','admin-pass');
foreach(['permalink_structure'=>'/%postname%/','thread_comments'=>1,'thread_comments_depth'=>5,'comment_moderation'=>0,'comment_previously_approved'=>0,'comments_notify'=>0,'moderation_notify'=>0,'comment_max_links'=>50] as $k=>$v)update_option($k,$v);
wp_delete_comment(1,true);$mk=fn($n,$s)=>wp_insert_post(['post_title'=>$n,'post_name'=>$n,'post_content'=>'Body','post_status'=>'publish','comment_status'=>$s,'post_author'=>1]);
$o=['post'=>$mk('hello','open'),'closed'=>$mk('closed','closed'),'app_password'=>WP_Application_Passwords::create_new_application_password(1,['name'=>'test'])[0]];
flush_rewrite_rules();file_put_contents(__DIR__.'/site.json',json_encode($o));
