// Puerta S9 [--casos 20000 --semilla 1]: claves del prototipo, campos que nadie pidió y parámetros repetidos, en todo lo que decodifica.
import { parseArgs } from 'node:util'
import { anunciar } from '../../puerta.ts'
import { conBlanco } from '../apoyo/blanco.ts'
import { conPlazo } from '../apoyo/plazo.ts'
import { pedirUnaVez } from '../http/conexion.ts'
import { atacar, buscarEnDisco } from './atacar.ts'
import { INTRUSO } from './casos.ts'

const PLAZO_MS = 300_000
const { values } = parseArgs({ options: { casos: { type: 'string', default: '20000' }, semilla: { type: 'string', default: '1' } } })

/** El servidor con una ruta que mezcla y guarda lo que le llega: tienen que verse las dos cosas. */
const verControl = (): Promise<boolean> =>
  conBlanco(
    async ({ hijo, puerto, carpeta }) => {
      const cuerpo = JSON.stringify({ texto: `{"__proto__":{"${INTRUSO}":1}}` })
      const cabeza = `POST /control HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${cuerpo.length}\r\n\r\n`
      await pedirUnaVez(puerto, `${cabeza}${cuerpo}`)
      const tocados = await hijo.pedir('prototiposTocados', {})
      return tocados.includes('Object') && buscarEnDisco(carpeta).conIntruso.length > 0
    },
    { control: true },
  )

await conPlazo('S9', PLAZO_MS, async () => {
  const inicio = performance.now()
  const control = await verControl()
  await conBlanco(async (blanco) => {
    const { casos, porDonde, aceptados, faltas } = await atacar(blanco, { casos: Number(values.casos), semilla: Number(values.semilla) })
    await blanco.hijo.pedir('reposar', {})
    const [fallas, prototipos] = [await blanco.hijo.pedir('fallas', {}), await blanco.hijo.pedir('prototiposTocados', {})]
    const { conIntruso, conLegitimo } = buscarEnDisco(blanco.carpeta)
    anunciar({
      id: 'S9',
      nombre: 'campos_ajenos',
      corridas: casos,
      cuentas: {
        semilla: values.semilla,
        ...porDonde,
        aceptados: Object.values(aceptados).reduce((suma, uno) => suma + uno, 0),
        por_la_pagina: aceptados.pagina ?? 0,
        guardados: conIntruso.length,
        s: Math.round((performance.now() - inicio) / 1_000),
      },
      control: control ? 'rojo' : 'verde',
      faltas: [
        ...faltas,
        ...fallas,
        ...prototipos.map((nombre) => `el prototipo de ${nombre} cambió`),
        ...conIntruso.map((archivo) => `lo ajeno quedó guardado en ${archivo}`),
        ...(conLegitimo ? [] : ['lo que sí había que guardar no se encontró: la búsqueda no sirve']),
      ],
    })
  })
})
