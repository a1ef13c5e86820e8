const ROLES = ['anonimo', 'viajero', 'operador', 'servicio'] as const

export type Rol = (typeof ROLES)[number]

/** Quien pide. Viaja en cada mensaje: la aprobación de un operador sigue siendo suya al otro lado del broker. */
export type Actor = Readonly<{ id: string; rol: Rol }>

/** Quien llama sin firma. Su identificador no puede ser el de nadie más. */
export const ANONIMO: Actor = { id: 'anonimo', rol: 'anonimo' }

const IDENTIFICADOR = /^[A-Za-z0-9._:@-]{1,128}$/

const esRol = (valor: unknown): valor is Rol => (ROLES as readonly unknown[]).includes(valor)

/** Si `id` y `rol` son los de alguien que se puede nombrar: cualquiera menos el anónimo. */
export const esActorConocido = (id: unknown, rol: unknown): boolean =>
  typeof id === 'string' && IDENTIFICADOR.test(id) && id !== ANONIMO.id && esRol(rol) && rol !== 'anonimo'

/** Operadores y servicios ven lo de todos. */
export const veTodo = ({ rol }: Actor): boolean => rol === 'operador' || rol === 'servicio'

/** `operador:op1`, `anonimo`: la forma de un actor en las propiedades de un mensaje. */
export const actorATexto = ({ id, rol }: Actor): string => (rol === 'anonimo' ? rol : `${rol}:${id}`)

/** Lo contrario de `actorATexto`; `undefined` si el texto no es de ningún actor. */
export const actorDeTexto = (texto: string): Actor | undefined => {
  if (texto === ANONIMO.id) return ANONIMO
  const corte = texto.indexOf(':')
  const [rol, id] = [texto.slice(0, corte), texto.slice(corte + 1)]
  return corte > 0 && esActorConocido(id, rol) ? { id, rol: rol as Rol } : undefined
}

/** La sesión anónima que la página abre a cada navegador. */
const SESION = 'sesion-'

/** Si lo que es de `id` es de un invitado: de nadie, o de una sesión sin cuenta. Entonces es de quien conozca su identificador. */
export const esInvitado = (id: string | null): boolean => id === null || id.startsWith(SESION)
