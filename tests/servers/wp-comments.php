<?php add_filter('rest_allow_anonymous_comments','__return_true');
if(!getenv('WP_TEST_FLOOD')){add_filter('comment_flood_filter','__return_false',99);add_filter('wp_is_comment_flood','__return_false',99);}
add_filter('pre_comment_approved',function($a){return is_wp_error($a)?$a:(getenv('WP_TEST_MODERATE')?0:(in_array($a,['spam','trash'],true)?$a:1));},99);
