import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migraciones } from 'aeroalpes-api/sistema.ts'
import { sentenciasDe } from 'seedwork/infraestructura/almacen/migraciones.ts'
import { brokerEmbebido } from 'seedwork/infraestructura/broker/elegir.ts'
import type { Archivo } from '../archivos.ts'
import { importaciones, reaccionesDeclaradas, suscripcionesConectadas, topicosDeclarados } from './conexiones.ts'

type Paquete = Readonly<{ name: string; dependencies?: Readonly<Record<string, string>> }>

const diagrama = (...lineas: readonly string[]): string =>
  ['```mermaid', 'flowchart LR', ...lineas.map((linea) => `  ${linea}`), '```'].join('\n')
const tabla = (titulos: readonly string[], filas: readonly (readonly string[])[]): string =>
  [titulos, titulos.map(() => '---'), ...filas].map((fila) => `| ${fila.join(' | ')} |`).join('\n')
const codigo = (texto: string): string => `\`${texto}\``

/** Mermaid no admite guiones en los identificadores de un nodo, pero sí en su texto. */
const nodo = (texto: string): string => texto.replaceAll('-', '_')

const paquetes = (raiz: string, archivos: readonly Archivo[]): string => {
  const leidos = archivos
    .filter(({ ruta }) => /^src\/[^/]+\/package\.json$/.test(ruta))
    .map(({ ruta }) => ({ carpeta: ruta.split('/')[1] ?? '', ...(JSON.parse(readFileSync(join(raiz, ruta), 'utf8')) as Paquete) }))
  const nombres = new Map(leidos.map(({ name, carpeta }) => [name, carpeta]))
  return diagrama(
    ...leidos.map(({ carpeta }) => `${nodo(carpeta)}["src/${carpeta}"]`),
    ...leidos.flatMap(({ carpeta, dependencies = {} }) =>
      Object.keys(dependencies).flatMap((otro) => (nombres.has(otro) ? [`${nodo(carpeta)} --> ${nodo(nombres.get(otro) ?? '')}`] : [])),
    ),
  )
}

const modulos = (archivos: readonly Archivo[]): string => diagrama(...importaciones(archivos).map(([de, a]) => `${de} --> ${a}`))

const mensajes = (sistema: Archivo): string =>
  diagrama(
    ...topicosDeclarados.map(({ nombre, modulo, tipos }) => `${modulo} -- "${tipos.join('<br>')}" --> ${nodo(nombre)}(["${nombre}"])`),
    ...suscripcionesConectadas(sistema).flatMap(({ topico, nombre, tipo, modulo, funcion }) => [
      `${nodo(topico)} -- "${tipo}" --> ${nodo(nombre)}[["${nombre}"]]`,
      `${nodo(nombre)} --> ${modulo}_${funcion}["${modulo}: ${funcion}"]`,
    ]),
  )

const reacciones = (): string =>
  tabla(
    ['Al ocurrir', 'en la misma transacción'],
    reaccionesDeclaradas.map(({ evento, hacen }) => [
      codigo(evento),
      hacen.map(({ modulo, funcion }) => `${modulo}: ${codigo(funcion)}`).join(' · ') || '—',
    ]),
  )

const tablas = (): string =>
  tabla(
    ['De quién', 'sus tablas'],
    [...brokerEmbebido.migraciones, ...migraciones].map(({ modulo, lista }) => [
      codigo(modulo),
      lista
        .flatMap((migracion) => sentenciasDe(migracion, 'sqlite'))
        .flatMap((sentencia) => /^create table "(\w+)"/.exec(sentencia)?.[1] ?? [])
        .map(codigo)
        .join(', '),
    ]),
  )

const SISTEMA = 'src/aeroalpes/sistema.ts'

/** Las partes generadas de `docs/arquitectura.md`, por el nombre de su marca. */
export const partesDeArquitectura = (raiz: string, archivos: readonly Archivo[]): Readonly<Record<string, string>> => {
  const sistema = archivos.find(({ ruta }) => ruta === SISTEMA)
  if (sistema === undefined) throw new Error(`Falta ${SISTEMA}.`)
  return {
    paquetes: paquetes(raiz, archivos),
    modulos: modulos(archivos),
    mensajes: mensajes(sistema),
    reacciones: reacciones(),
    tablas: tablas(),
  }
}

/** El texto con cada parte puesta entre sus marcas `<!-- generado: nombre -->` y `<!-- fin: nombre -->`. Lanza si falta una marca. */
export const conPartes = (texto: string, partes: Readonly<Record<string, string>>): string =>
  Object.entries(partes).reduce((actual, [nombre, parte]) => {
    const [inicio, fin] = [`<!-- generado: ${nombre} -->`, `<!-- fin: ${nombre} -->`]
    const [desde, hasta] = [actual.indexOf(inicio), actual.indexOf(fin)]
    if (desde < 0 || hasta < desde) throw new Error(`Faltan las marcas «${inicio}» y «${fin}», en ese orden.`)
    return `${actual.slice(0, desde + inicio.length)}\n\n${parte}\n\n${actual.slice(hasta)}`
  }, texto)
