// npm run capturas: retoma las dos imágenes del README, con el sistema de verdad sobre una carpeta temporal y el navegador de las pruebas.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { abrirNavegador, buscar, enDias, llenar } from '../tests/navegador/apoyo.ts'
import { unBanco } from '../tests/procesos/apoyo/servidor.ts'

const IMAGENES = join(dirname(import.meta.dirname), 'docs', 'imagenes')

/** La calidad con que una captura pesa menos de 150 KB y su texto se sigue leyendo. */
const CALIDAD = 82

const conPagina = async (navegador: Browser, ancho: number, alto: number, hacer: (pagina: Page) => Promise<void>): Promise<void> => {
  const contexto = await navegador.newContext({
    viewport: { width: ancho, height: alto },
    locale: 'es-CO',
    timezoneId: 'America/Bogota',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const pagina = await contexto.newPage()
  await hacer(pagina)
  await contexto.close()
}

const capturar = (pagina: Page, nombre: string, completa: boolean): Promise<Buffer> =>
  pagina.screenshot({ path: join(IMAGENES, nombre), type: 'jpeg', quality: CALIDAD, fullPage: completa })

const finales: (() => Promise<void>)[] = []
const banco = unBanco({ after: (terminar) => void finales.push(terminar as () => Promise<void>) })
const navegador = await abrirNavegador()
try {
  mkdirSync(IMAGENES, { recursive: true })
  const { ui } = await banco.arrancar({ env: { AEROALPES_AEROLINEA: 'acepta' } })
  await conPagina(navegador, 1280, 900, async (pagina) => {
    await buscar(pagina, ui, { destino: 'MAD', regreso: enDias(50) })
    await pagina.locator('.oferta').nth(2).waitFor()
    await capturar(pagina, 'resultados-1280.jpg', false)
  })
  await conPagina(navegador, 360, 800, async (pagina) => {
    await buscar(pagina, ui, { destino: 'MAD' })
    await llenar(pagina, 'Ruiz')
    await pagina.getByRole('button', { name: 'Reservar' }).click()
    await pagina.locator('.estado.aprobada').waitFor()
    await capturar(pagina, 'reserva-360.jpg', true)
  })
} finally {
  await navegador.close()
  for (const terminar of finales) await terminar()
}
