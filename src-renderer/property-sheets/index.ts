export { DkimSlot, type RenderDkim } from './dkim-slot';
export { DomainSheet } from './domain';
export { ServerSheet } from './server';
export { pageOfSetting, showSetting } from './show-setting';
export { type RenderSignIn, SignInSlot } from './sign-in-slot';
export { SmartHostSlot, type SmartHostSlotProps } from './smart-host-slot';
